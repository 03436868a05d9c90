// Loaded before the program (node --import): whatever calls out ends the process at once.
import dns from 'node:dns';
import net from 'node:net';

function called() {
  process.stderr.write('THE NETWORK WAS CALLED\n');
  process.exit(99);
}
net.Socket.prototype.connect = called;
dns.lookup = called;
dns.promises.lookup = called;

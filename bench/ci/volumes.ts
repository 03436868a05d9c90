/** The small bench of CI: the speed of bytes over few files against the peers that are there, printed and never judged. */
process.argv.splice(2, process.argv.length, '60', '300', '3');
await import('../volumes.ts');

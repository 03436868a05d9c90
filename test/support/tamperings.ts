/**
 * Random tamperings of a published tree, each with a way back: bits flipped, files cut, swapped, lost, added and replaced,
 * documents edited so that they stay canonical, signed again by nobody who may.
 *
 * Input: a tree and a seed. Output: the tree changed, what was done, and how to undo it.
 */
import fs from 'node:fs';
import path from 'node:path';
import { type SeededRandom, seededRandom } from '../../src/base/seeded-random.ts';
import { type MinisignSecretKey, signMinisign } from '../../src/formats/minisign.ts';
import { documentText } from '../../src/model/edition.ts';

/** What was done to a tree. */
export interface Tampering {
  readonly what: string;
  undo(): void;
}

/** The published files below `root`, by path; the page beside them is signed by nobody. */
export function publishedPaths(root: string): string[] {
  return fs
    .readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'index.html')
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .sort();
}

/** Tampers with `root` again and again, `count` times; what is yielded must be undone before the next is asked for. */
export function* tamperings(
  root: string,
  { count, seed, stranger }: { count: number; seed: number; stranger: MinisignSecretKey },
): Generator<Tampering> {
  const random = seededRandom(seed);
  const files = publishedPaths(root);
  const kinds = [remove, add, swap, flip, cut, append, replace, link, dropLine, editField, resign];
  for (let done = 0; done < count; ) {
    const name = random.pick(files);
    const tampering = random.pick(kinds)({ root, name, files, random, stranger });
    if (!tampering) continue;
    done += 1;
    yield tampering;
  }
}

/** Flips one bit in `count` places of `name`, one at a time. */
export function* flips(
  root: string,
  name: string,
  { count, seed }: { count: number; seed: number },
): Generator<Tampering> {
  const random = seededRandom(seed);
  for (let done = 0; done < count; done += 1) {
    const tampering = flip({ root, name, random });
    if (tampering) yield tampering;
  }
}

interface Scene {
  readonly root: string;
  readonly name: string;
  readonly files: readonly string[];
  readonly random: SeededRandom;
  readonly stranger: MinisignSecretKey;
}

/** Writes `changes` (undefined: no file), and knows how it was. */
function put(
  root: string,
  what: string,
  changes: ReadonlyMap<string, Uint8Array | undefined>,
): Tampering {
  const before = [...changes.keys()].map((name) => {
    const file = path.join(root, name);
    return [file, fs.existsSync(file) ? fs.readFileSync(file) : undefined] as const;
  });
  const write = (file: string, bytes: Uint8Array | undefined) => {
    fs.rmSync(file, { recursive: true, force: true });
    if (bytes) fs.writeFileSync(file, bytes);
  };
  for (const [name, bytes] of changes) write(path.join(root, name), bytes);
  return {
    what,
    undo: () => {
      for (const [file, bytes] of before) write(file, bytes);
    },
  };
}

function one(scene: Pick<Scene, 'root' | 'name'>, what: string, bytes: Uint8Array | undefined) {
  return put(scene.root, `${what} ${scene.name}`, new Map([[scene.name, bytes]]));
}

function bytesOf({ root, name }: Pick<Scene, 'root' | 'name'>): Buffer {
  return fs.readFileSync(path.join(root, name));
}

function remove(scene: Scene) {
  return one(scene, 'remove', undefined);
}

function add({ root, name, random }: Scene) {
  const choices = ['extra.jsonl', 'edition.json.minisig.bak', '9999-1.json', '007', 'NAME.tar'];
  const added = path.join(path.dirname(name), `${random.below(1000)}-${random.pick(choices)}`);
  return put(root, `add ${added}`, new Map([[added, Buffer.from('{}\n')]]));
}

function swap({ root, name, files, random }: Scene) {
  const other = random.pick(files);
  const [a, b] = [name, other].map((each) => fs.readFileSync(path.join(root, each))) as [
    Buffer,
    Buffer,
  ];
  if (a.equals(b)) return undefined;
  const changes = new Map([
    [name, b],
    [other, a],
  ]);
  return put(root, `swap ${name} and ${other}`, changes);
}

function flip(scene: Pick<Scene, 'root' | 'name' | 'random'>) {
  const bytes = bytesOf(scene);
  if (bytes.length === 0) return undefined;
  const at = scene.random.below(bytes.length);
  bytes[at] = bytes[at]! ^ (1 << scene.random.below(8));
  return one(scene, `flip a bit at ${at} of`, bytes);
}

function cut(scene: Scene) {
  const bytes = bytesOf(scene);
  if (bytes.length === 0) return undefined;
  const at = scene.random.below(bytes.length);
  return one(scene, `cut at ${at}`, bytes.subarray(0, at));
}

function append(scene: Scene) {
  const more = scene.random.bytes(1 + scene.random.below(40));
  return one(scene, 'append to', Buffer.concat([bytesOf(scene), more]));
}

/** The same file of another edition or volume in its place: mix and match. */
function replace(scene: Scene) {
  const { root, name, files, random } = scene;
  const alike = files.filter((each) => path.extname(each) === path.extname(name) && each !== name);
  if (alike.length === 0) return undefined;
  const bytes = fs.readFileSync(path.join(root, random.pick(alike)));
  return bytes.equals(bytesOf(scene)) ? undefined : one(scene, 'replace', bytes);
}

function link({ root, name }: Scene): Tampering {
  const file = path.join(root, name);
  const aside = path.join(root, '..', 'aside');
  fs.renameSync(file, aside);
  fs.symlinkSync(aside, file);
  return {
    what: `link in the place of ${name}`,
    undo: () => {
      fs.rmSync(file);
      fs.renameSync(aside, file);
    },
  };
}

function dropLine(scene: Scene) {
  const lines = bytesOf(scene).toString('latin1').split('\n');
  if (!scene.name.endsWith('.jsonl') || lines.length < 2) return undefined;
  lines.splice(scene.random.below(lines.length - 1), 1);
  return one(scene, 'drop a line of', Buffer.from(lines.join('\n'), 'latin1'));
}

/** Another value in one field, the document canonical all the same. */
function editField(scene: Scene) {
  const text = edited(scene);
  return text === undefined ? undefined : one(scene, 'edit a field of', Buffer.from(text));
}

/** An edited document with a signature by a key that may not sign, under its own id or under that of one that may. */
function resign(scene: Scene) {
  const { root, name, random, stranger } = scene;
  const signature = `${name}.minisig`;
  if (!fs.existsSync(path.join(root, signature))) return undefined;
  const text = edited(scene) ?? bytesOf(scene).toString('utf8');
  const old = fs.readFileSync(path.join(root, signature), 'utf8').split('\n');
  const comment = old[2]!.slice('trusted comment: '.length);
  const keyId = Buffer.from(old[1]!, 'base64').subarray(2, 10);
  const key = random.below(2) === 0 ? stranger : withId(stranger, keyId);
  const changes = new Map([
    [name, Buffer.from(text)],
    [signature, Buffer.from(signMinisign(key, text, comment))],
  ]);
  return put(root, `sign again ${name}`, changes);
}

function withId(key: MinisignSecretKey, keyId: Buffer): MinisignSecretKey {
  return { ...key, publicKey: { ...key.publicKey, keyId } };
}

function edited(scene: Scene): string | undefined {
  if (!scene.name.endsWith('.json')) return undefined;
  const document = JSON.parse(bytesOf(scene).toString('utf8'));
  const key = scene.random.pick(Object.keys(document));
  const value = document[key];
  if (typeof value === 'number') document[key] = value + 1;
  else if (typeof value === 'string') document[key] = `${value}x`;
  else if (Array.isArray(value) && value.length > 0) document[key] = value.slice(1);
  else delete document[key];
  return documentText(document);
}

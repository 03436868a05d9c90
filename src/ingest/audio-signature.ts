/** Whether bytes begin as an audio file does: the gate for files whose names promise nothing. */

const AT_START = [
  'fLaC',
  'OggS',
  'ID3',
  'wvpk',
  'MAC ',
  'TTA1',
  'MPCK',
  'MP+',
  'DSD ',
  'FRM8',
  'OFR ',
];
/** A container's mark, and what must stand behind its size. */
const CONTAINERS: readonly (readonly [start: string, at: number, kinds: readonly string[]])[] = [
  ['RIFF', 8, ['WAVE']],
  ['RF64', 8, ['WAVE']],
  ['BW64', 8, ['WAVE']],
  ['FORM', 8, ['AIFF', 'AIFC']],
];

/**
 * Whether `head` (12 bytes or more of a file's start) carries the mark of an audio format. Bare MPEG frames have no
 * mark that other files may not carry too: they are told by their name and then by reading them whole.
 */
export function looksLikeAudio(head: Uint8Array): boolean {
  const text = Buffer.from(head.subarray(0, 12)).toString('latin1');
  if (AT_START.some((mark) => text.startsWith(mark))) return true;
  if (text.slice(4, 8) === 'ftyp') return ['M4A ', 'M4B '].includes(text.slice(8, 12));
  return CONTAINERS.some(
    ([start, at, kinds]) => text.startsWith(start) && kinds.includes(text.slice(at, at + 4)),
  );
}

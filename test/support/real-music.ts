/** Seventeen recordings of five free projects with the rights their copyright files give, where the sample data is. */
import fs from 'node:fs';
import path from 'node:path';

const MUSIC = path.resolve(import.meta.dirname, '../../../shared/data/audio/music');

/** Why tests over real music are skipped, or false when it is here. */
export const noRealMusic: string | false = fs.existsSync(MUSIC)
  ? false
  : 'the sample data audio/music is not here';

/** A row of the table: a file, its licence and its holder. */
export type MusicRow = readonly [path: string, licence: string, holder: string];

const rowsOf = (folder: string, names: readonly string[], licence: string, holder: string) =>
  names.map((name): MusicRow => [`${folder}/${name}`, licence, holder]);

/** What the copyright file of each folder says. */
export const MUSIC_ROWS: readonly MusicRow[] = [
  ...rowsOf('asc-music', ['machine_wars.mp3'], 'GPL-2.0-or-later', 'Michael Kievernagel'),
  ...rowsOf(
    'hyperrogue-music',
    ['click.ogg', 'explosion.ogg', 'opengate.ogg', 'seen-frog1.ogg'],
    'CC0-1.0',
    '',
  ),
  ...rowsOf('hyperrogue-music', ['levelup.ogg', 'seen-ghost.ogg'], 'CC-BY-3.0', 'freesound users'),
  ...rowsOf(
    'singularity-music',
    ['Chimes They Fade.ogg', 'March Thee to Dis.ogg'],
    'CC-BY-SA-3.0',
    'Max McCracken',
  ),
  ...rowsOf('warzone2100-music', ['menu.opus'], 'GPL-2.0-or-later', 'Warzone 2100 Project'),
  ...rowsOf(
    'wesnoth-1.16-music',
    ['defeat.ogg', 'elf-land.ogg', 'sad.ogg', 'transience.ogg', 'victory.ogg'],
    'GPL-2.0-or-later',
    'The Battle for Wesnoth',
  ),
];

/** Recordings without a row and without a readable licence of their own: held dark. */
export const WITHOUT_ROW: readonly string[] = [
  'warzone2100-music/track3.opus',
  'wesnoth-1.16-music/revelation.ogg',
];

/** Recordings shorter than a second. */
export const VERY_SHORT: readonly string[] = ['click', 'explosion', 'seen-frog1'].map(
  (name) => `hyperrogue-music/${name}.ogg`,
);

/** Copies the music, or one folder of it, to `folder`, writable. */
export function copyRealMusic(folder: string, part = '.'): void {
  fs.cpSync(path.join(MUSIC, part), folder, { recursive: true });
  fs.chmodSync(folder, 0o755);
  for (const name of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const file = path.join(folder, name);
    fs.chmodSync(file, fs.statSync(file).isDirectory() ? 0o755 : 0o644);
  }
}

/** Copies the music to `folder` with a `tracks.csv` of `MUSIC_ROWS`, each row with its copyright file as evidence. */
export function writeRealMusic(folder: string): void {
  copyRealMusic(folder);
  const rows = MUSIC_ROWS.map(
    ([file, licence, holder]) => `${file},${licence},${holder},${path.dirname(file)}/copyright.gz`,
  );
  const table = `path,licence,holder,evidence\n${rows.join('\n')}\n`;
  fs.writeFileSync(path.join(folder, 'tracks.csv'), table);
}

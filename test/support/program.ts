/** The program that tests start: the sources, or what FONOTECA_PROGRAM names, such as the built `dist/main.js`. */
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Absolute path of the file that Node runs. */
export const PROGRAM = path.resolve(ROOT, process.env.FONOTECA_PROGRAM || 'src/main.ts');

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bannedCalls, fileWrites } from './tidy/calls.ts';
import { docComments, headers } from './tidy/declarations.ts';
import { awaitedBeforeDisposal } from './tidy/disposal.ts';
import { links, namedPaths } from './tidy/documents.ts';
import { errorCodes } from './tidy/error-codes.ts';
import { cycles, oneOpener, ranks, webApart } from './tidy/layering.ts';
import { history, unfinished } from './tidy/marks.ts';
import { names, noBarrels } from './tidy/names.ts';
import { exactVersions, installScripts, licences, lockIntegrity } from './tidy/packages.ts';
import { installedSources, projectSources } from './tidy/project.ts';
import { deadFiles, unusedExports } from './tidy/reach.ts';
import { formatFinding, type Rule } from './tidy/rule.ts';
import { fileBytes, fileLength, functionLength } from './tidy/sizes.ts';

const RULES: readonly Rule[] = [
  ranks,
  cycles,
  webApart,
  oneOpener,
  fileLength,
  fileBytes,
  functionLength,
  names,
  noBarrels,
  bannedCalls,
  fileWrites,
  awaitedBeforeDisposal,
  headers,
  docComments,
  deadFiles,
  unusedExports,
  links,
  namedPaths,
  unfinished,
  history,
  errorCodes,
  installScripts,
  exactVersions,
  lockIntegrity,
  licences,
];

const project = [...projectSources(), ...installedSources()];

describe('house rules', () => {
  for (const rule of RULES) {
    test(rule.name, () => {
      assert.deepEqual(rule.check(rule.good).map(formatFinding), [], 'refuses its good sample');
      for (const [index, sources] of rule.bad.entries())
        assert.notEqual(rule.check(sources).length, 0, `accepts its bad sample ${index}`);
      const findings = rule.check(project).map(formatFinding);
      assert.equal(findings.length, 0, `\n${findings.join('\n')}`);
    });
  }
});

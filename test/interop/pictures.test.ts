/** Pictures before outside judges: xmllint reads the SVG, and Vega-Lite's own schema the specifications. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import type { ValidateFunction } from 'ajv';
import { canonicalJson } from '../../src/base/canonical-json.ts';
import { CHART_SAMPLES } from '../../src/charts/chart-samples.ts';
import { drawChart } from '../../src/charts/draw-chart.ts';
import { vegaLiteSpec } from '../../src/charts/vega-lite-spec.ts';
import { judge, missingTools } from '../support/outside-tools.ts';

const require = createRequire(import.meta.url);

describe('the pictures of a report', () => {
  test('are well-formed SVG', { skip: missingTools('xmllint') }, async () => {
    for (const [name, chart] of Object.entries(CHART_SAMPLES)) {
      const { svg } = await drawChart(chart, name);
      const { status, said } = judge('xmllint', ['--noout', '-'], { input: Buffer.from(svg) });
      assert.equal(status, 0, `${name}: ${said}`);
    }
  });

  test('have specifications that the schema of Vega-Lite 6 accepts', () => {
    const validate = schemaOfVegaLite();
    for (const [name, chart] of Object.entries(CHART_SAMPLES)) {
      const spec: object = JSON.parse(canonicalJson(vegaLiteSpec(chart)));
      assert.ok(validate(spec), `${name}: ${JSON.stringify(validate.errors?.slice(0, 3))}`);
      assert.ok(!validate({ ...spec, data: { values: 'none' }, width: { none: true } }), name);
    }
  });
});

function schemaOfVegaLite(): ValidateFunction {
  const { Ajv } = require('ajv') as typeof import('ajv');
  const ajv = new Ajv({ strict: false, validateFormats: false, logger: false });
  return ajv.compile(require('vega-lite/vega-lite-schema.json'));
}

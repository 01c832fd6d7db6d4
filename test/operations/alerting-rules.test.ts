import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { catalogue } from '../../src/metrics/catalogue.js';
import { RULE_GROUPS, renderRules } from '../../src/operations/alerting-rules.js';

const rules = RULE_GROUPS.flatMap(group => group.rules);

describe('every alerting rule', () => {
  test.each(rules.map(rule => [rule.alert, rule] as const))('%s asks for metrics of the catalogue, by labels that they have', (_, { expr, metrics }) => {
    const named = [...expr.matchAll(/\b[a-z]+(?:_[a-z0-9]+)*_[a-z0-9]+\b(?=[[{ )]|$)/g)].map(([name]) => name).filter(name => !name.endsWith('over_time'));
    expect(new Set(named)).toEqual(new Set(metrics));
    const labels = new Set(['job', 'instance', ...metrics.flatMap(name => catalogue[name].labels)]);
    const asked = [...expr.matchAll(/(?:by|on) \(([^)]*)\)/g), ...expr.matchAll(/\{([^}]*)\}/g)].flatMap(([, list = '']) => list.split(/\s*,\s*/).map(part => part.replace(/[=!].*/, '')));
    expect(asked.filter(label => !labels.has(label))).toEqual([]);
  });

  test('has a name of its own, and says in its texts only what its expression gives', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const { summary, description, expr, metrics } of rules) {
      const used = [...`${summary} ${description}`.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label as string);
      const kept = /by \(([^)]*)\)/.exec(expr)?.[1]?.split(', ') ?? ['job', 'instance', ...metrics.flatMap(name => catalogue[name].labels)];
      expect(used.filter(label => !kept.includes(label))).toEqual([]);
    }
  });
});

test('the file in docs/ is what the rules say; `npx vitest run -u test/operations` writes it anew', async () => {
  await expect(renderRules()).toMatchFileSnapshot('../../docs/prometheus-rules.yml');
});

test('texts with quotes, colons and braces are read back as they are', () => {
  const rule = { alert: 'A', metrics: [], expr: `x{a="it's: {{ b }} # c"} > 0`, for: '5m', severity: 'low', summary: '- {{ $value }}', description: "'" } as const;
  const { groups } = parse(renderRules([{ name: 'a group: 1', rules: [rule] }]));

  expect(groups).toEqual([
    { name: 'a group: 1', rules: [{ alert: 'A', expr: rule.expr, for: '5m', labels: { severity: 'low' }, annotations: { summary: rule.summary, description: "'" } }] },
  ]);
});

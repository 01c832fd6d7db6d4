import type { AlertingRule, RuleGroup } from './alerting-rule.js';
import { DISPATCHER_RULES } from './dispatcher-rules.js';

/** All rules for Prometheus, a group for each part of Sightline. */
export const RULE_GROUPS: readonly RuleGroup[] = [DISPATCHER_RULES];

/**
 * The rules as a file of Prometheus's.
 * @example writeFileSync('sightline-rules.yml', renderRules())
 */
export function renderRules(groups: readonly RuleGroup[] = RULE_GROUPS): string {
  return ['groups:', ...groups.flatMap(({ name, rules }) => [`  - name: ${text(name)}`, '    rules:', ...rules.flatMap(linesOf)]), ''].join('\n');
}

function linesOf(rule: AlertingRule): string[] {
  return [
    `      - alert: ${text(rule.alert)}`,
    `        expr: ${text(rule.expr)}`,
    `        for: ${text(rule.for)}`,
    '        labels:',
    `          severity: ${text(rule.severity)}`,
    '        annotations:',
    `          summary: ${text(rule.summary)}`,
    `          description: ${text(rule.description)}`,
  ];
}

/** As YAML: a plain word as it is, anything else in single quotes, in which only the quote itself is special. */
function text(value: string): string {
  return /^[A-Za-z][\w-]*$/.test(value) ? value : `'${value.replaceAll("'", "''")}'`;
}

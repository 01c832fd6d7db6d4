import { parseDuration } from '../../core/duration.js';
import { InvalidOptionError } from '../../core/errors.js';
import { aText, checkOptions, type OptionRule } from '../../core/options.js';
import type { AiBudget } from './budget.js';
import { BudgetWindow, isCalendarWindow } from './budget-window.js';
import { amountOf, exactUnits, MOST_UNITS } from './money.js';

/** A budget whose settings can be used. */
export interface CheckedBudget extends Pick<AiBudget, 'name' | 'limit' | 'service' | 'model' | 'tenant'> {
  readonly limitUnits: number;
  readonly window: BudgetWindow;
  readonly thresholds: readonly { readonly share: number; readonly units: number }[];
  /** Whether calls are not made once the limit is reached. */
  readonly rejects: boolean;
}

const SHORTEST_WINDOW_MS = 1_000;

const RULES: Readonly<Record<keyof AiBudget, OptionRule>> = {
  name: aText,
  limit: {
    allowed: `a number from 0.000001 to ${Math.floor(amountOf(MOST_UNITS))}`,
    accepts: value => typeof value === 'number' && value >= 0.000001 && value * 1_000_000 <= MOST_UNITS,
  },
  window: {
    allowed: "'hour', 'day', 'week', 'month' or a duration of at least 1s such as '90m'",
    accepts: value => isCalendarWindow(value) || isLongEnough(value),
  },
  timeZone: { allowed: "an IANA time zone such as 'Europe/Berlin'", accepts: isTimeZone },
  service: aText,
  model: aText,
  tenant: aText,
  thresholds: {
    allowed: 'a list of ascending numbers above 0, as shares of the limit: [0.5, 0.8, 1]',
    accepts: value =>
      Array.isArray(value) &&
      value.every((share: unknown, i) => typeof share === 'number' && Number.isFinite(share) && share > (i === 0 ? 0 : (value[i - 1] as number))),
  },
  onExceeded: { allowed: "'alert' or 'reject'", accepts: value => value === 'alert' || value === 'reject' },
};

/**
 * Reads the option `ai.budgets`.
 * @throws InvalidOptionError with the path of what can't be used: `ai.budgets[0].limit`
 */
export function checkBudgets(budgets: readonly AiBudget[], path = 'ai.budgets'): CheckedBudget[] {
  if (!Array.isArray(budgets)) throw new InvalidOptionError(path, budgets, 'a list of budgets');
  const names = new Set<string>();
  return budgets.map((budget: AiBudget, i) => {
    const here = `${path}[${i}]`;
    if (budget === undefined) throw new InvalidOptionError(here, budget, 'an object');
    checkOptions(here, budget, RULES);
    for (const key of ['name', 'limit', 'window'] as const) {
      if (budget[key] === undefined) throw new InvalidOptionError(`${here}.${key}`, undefined, RULES[key].allowed);
    }
    if (names.has(budget.name)) throw new InvalidOptionError(`${here}.name`, budget.name, 'a name that no other budget has');
    names.add(budget.name);
    if (budget.timeZone !== undefined && !isCalendarWindow(budget.window)) {
      throw new InvalidOptionError(`${here}.timeZone`, budget.timeZone, "none: only the windows 'hour', 'day', 'week' and 'month' begin by a time zone");
    }
    return checked(budget, `${here}.window`);
  });
}

function checked(budget: AiBudget, windowOption: string): CheckedBudget {
  const { name, limit, window, timeZone = 'UTC', service, model, tenant, thresholds = [0.5, 0.8, 1], onExceeded } = budget;
  const limitUnits = Math.round(exactUnits(limit));
  return {
    name,
    limit,
    ...(service !== undefined && { service }),
    ...(model !== undefined && { model }),
    ...(tenant !== undefined && { tenant }),
    limitUnits,
    window: new BudgetWindow(window, timeZone, windowOption),
    thresholds: thresholds.map(share => ({ share, units: Math.max(Math.round(limitUnits * share), 1) })),
    rejects: onExceeded === 'reject',
  };
}

function isLongEnough(value: unknown): boolean {
  try {
    return parseDuration(value as string, 'window') >= SHORTEST_WINDOW_MS;
  } catch {
    return false;
  }
}

function isTimeZone(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}

import type { Alerts } from 'sightline/alerting';
import { CHEAP_MODEL, MODEL, type EssayGrader } from '../grading/essay-grader.js';
import { REFUSED_CALLS } from './rules.js';

const FALL_BACK_MS = 30_000;

/** What the platform does about its faults by itself. */
export function respondToFaults(alerts: Alerts, grader: EssayGrader): void {
  alerts.respond({
    name: 'grade with the other model',
    match: [`alertname="${REFUSED_CALLS}"`, `model="${MODEL}"`],
    cooldown: FALL_BACK_MS,
    run: () => {
      grader.fallBack(FALL_BACK_MS);
      return `essays are graded by ${CHEAP_MODEL} for ${FALL_BACK_MS / 1_000} s`;
    },
  });
}

import { PASSES, type Judged, type Stage, type Verdict } from '../pipeline.js';

/** How far ahead the end of a window is looked for. */
const AHEAD_MS = 8 * 86_400_000;

/** Keeps back what is expected while something is being worked on. */
export class MaintenanceStage implements Stage {
  readonly name = 'maintenance';

  judge({ alert, labels, now, windows }: Judged): Verdict {
    for (const window of windows) {
      if (!window.mutes(labels, alert.severity, now)) continue;
      return { passes: false, reason: `the window ${window.name}`, until: window.nextChange(now, new Date(now.getTime() + AHEAD_MS)) };
    }
    return PASSES;
  }
}

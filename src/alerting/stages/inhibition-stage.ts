import { routingLabels, type Alert } from '../alert.js';
import { PASSES, type Judged, type Stage, type Verdict } from '../pipeline.js';
import type { Inhibitor } from '../routing/inhibition.js';

/** Keeps back what another alert explains. */
export class InhibitionStage implements Stage {
  readonly name = 'inhibition';
  readonly #inhibitor: Inhibitor;
  /** What the inhibitor was told of. */
  readonly #told = new Map<string, Alert>();
  #active: readonly Alert[] = [];

  constructor(inhibitor: Inhibitor) {
    this.#inhibitor = inhibitor;
  }

  looksAtActive(): boolean {
    return true;
  }

  judge({ labels, active }: Judged): Verdict {
    if (active !== this.#active) this.#learn(active);
    const inhibition = this.#inhibitor.inhibitedBy(labels);
    return inhibition === undefined ? PASSES : { passes: false, reason: `${inhibition.rule}, while ${inhibition.sourceId} fires` };
  }

  /** Other processes fire alerts too, so what is active is read from the store each time; only what is new in it is work. */
  #learn(active: readonly Alert[]): void {
    this.#active = active;
    for (const alert of active) {
      const before = this.#told.get(alert.id);
      if (before !== undefined && isLabelledAs(before, alert)) continue;
      this.#told.set(alert.id, alert);
      this.#inhibitor.add(alert.id, routingLabels(alert));
    }
    if (this.#told.size === active.length) return;
    const ids = new Set(active.map(({ id }) => id));
    for (const id of this.#told.keys()) {
      if (ids.has(id)) continue;
      this.#told.delete(id);
      this.#inhibitor.delete(id);
    }
  }
}

/** Alerts of one id differ in nothing but their severity: all else makes the id. */
function isLabelledAs(one: Alert, other: Alert): boolean {
  return one.severity === other.severity;
}

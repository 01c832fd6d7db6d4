import { isActive, routingLabels, type Alert } from '../alert.js';
import { PASSES, type Judged, type Stage, type Verdict } from '../pipeline.js';
import type { Inhibitor } from '../routing/inhibition.js';

/** Keeps back what another alert explains. */
export class InhibitionStage implements Stage {
  readonly name = 'inhibition';
  readonly #inhibitor: Inhibitor;
  #known: readonly Alert[] = [];

  constructor(inhibitor: Inhibitor) {
    this.#inhibitor = inhibitor;
  }

  judge({ labels, active }: Judged): Verdict {
    if (active !== this.#known) this.#learn(active);
    const inhibition = this.#inhibitor.inhibitedBy(labels);
    return inhibition === undefined ? PASSES : { passes: false, reason: `${inhibition.rule}, while ${inhibition.sourceId} fires` };
  }

  /** Other processes fire alerts too, so what is active is read from the store each time. */
  #learn(active: readonly Alert[]): void {
    const now = new Set(active.filter(isActive).map(({ id }) => id));
    for (const { id } of this.#known) if (!now.has(id)) this.#inhibitor.delete(id);
    for (const alert of active) if (isActive(alert)) this.#inhibitor.add(alert.id, routingLabels(alert));
    this.#known = active;
  }
}

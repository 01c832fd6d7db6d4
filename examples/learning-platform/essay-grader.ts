import { setTimeout as delay } from 'node:timers/promises';
import { traceFunction } from 'sightline';

export interface Grade {
  /** Out of 100. */
  readonly score: number;
  readonly remarks: readonly string[];
}

const LINKING_WORDS = ['however', 'therefore', 'moreover', 'although', 'because', 'finally', 'in addition', 'for example'];

/** Grades essays by rules: a stand-in for an AI model, and about as slow as a quick one. */
export class EssayGrader {
  @traceFunction('essay.grade', { 'essay.kind': 'cet4' })
  async grade(text: string): Promise<Grade> {
    const words = text.toLowerCase().match(/[a-z']+/g) ?? [];
    await delay(250 + Math.min(words.length, 150));
    const variety = new Set(words).size / Math.max(words.length, 1);
    const linking = LINKING_WORDS.filter(word => text.toLowerCase().includes(word)).length;
    const remarks = [
      ...(words.length < 120 ? ['Write 120 words or more.'] : []),
      ...(variety < 0.5 ? ['Use more different words.'] : []),
      ...(linking < 2 ? ['Link your sentences: however, therefore, for example.'] : []),
    ];
    const score = Math.round(40 * Math.min(words.length / 120, 1) + 40 * Math.min(variety / 0.6, 1) + 20 * Math.min(linking / 3, 1));
    return { score, remarks };
  }
}

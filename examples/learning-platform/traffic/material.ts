import type { Random } from '../../random.js';

export const WORDS = ['abandon', 'brief', 'compel', 'decline', 'emerge', 'genuine', 'hostile', 'obtain', 'reluctant', 'vital'];

/** `*` stands for something new each time. */
export const STRAY_PATHS = [
  '/*.php',
  '/wp-content/plugins/*/readme.txt',
  '/.env.*',
  '/.git/*',
  '/phpmyadmin/index.php?lang=*',
  '/cgi-bin/luci/;stok=*',
  '/vendor/phpunit/*.php',
  '/%2e%2e/%2e%2e/*/passwd',
  '/backup-*.sql',
  '/lessons/1/*',
  '/administrator/*',
];

export const STRAY_METHODS = ['GET', 'GET', 'GET', 'POST', 'HEAD', 'PROPFIND', 'MKCOL', 'TRACE', 'REPORT'];

const SENTENCES = [
  'Many students believe that practice alone makes perfect.',
  'However, practice without feedback often makes mistakes permanent.',
  'For example, a learner who never hears native speakers may keep a wrong rhythm for years.',
  'Therefore, schools should offer more listening material, and on more subjects.',
  'In addition, reading widely builds a vocabulary that word lists cannot give.',
  'Although examinations matter, they measure only part of what a language is for.',
  'Finally, learners should write something every day, because writing shows what one really knows.',
];

/** Four to ten sentences. */
export function essay(random: Random): string {
  return Array.from({ length: random.between(4, 10) }, () => random.pick(SENTENCES)).join(' ');
}

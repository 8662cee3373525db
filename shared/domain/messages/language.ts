import type { Catalogue } from './catalogue.ts';
import { english } from './english.ts';
import { japanese } from './japanese.ts';

export type Language = 'en' | 'ja';

export function catalogueFor(language: Language): Catalogue {
  return language === 'ja' ? japanese : english;
}

/** What is one word in each script and what are two; and that ids are made by a rule of their own. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { foldName, foldText } from './fold.ts';
import { albumIdOf, artistIdOf } from './ids.ts';
import { termsOf } from './search-terms.ts';

describe('vowel signs and tones make another word in', () => {
  const words = {
    Devanagari: ['दिल', 'दाल', 'दल'],
    Bengali: ['মন', 'মান', 'মিনা'],
    Gurmukhi: ['ਦਿਲ', 'ਦਾਲ'],
    Gujarati: ['મન', 'માન'],
    Odia: ['ମନ', 'ମାନ'],
    Tamil: ['கண்', 'கணை'],
    Telugu: ['పాట', 'పీట'],
    Kannada: ['ಮನ', 'ಮನೆ'],
    Malayalam: ['മല', 'മാല'],
    Sinhala: ['මල', 'මාල'],
    Thai: ['กิน', 'กัน', 'เสื้อ', 'เสือ', 'คำ', 'คา'],
    Lao: ['ກິນ', 'ກັນ'],
    Khmer: ['ដី', 'ដៃ'],
    Burmese: ['မိုး', 'မီး'],
    Tibetan: ['མི', 'མེ', 'མ'],
    Thaana: ['ހިތް', 'ހަތް'],
  };
  for (const [script, own] of Object.entries(words))
    test(script, () => {
      for (const fold of [foldName, (text: string) => termsOf(text).join(' ')])
        assert.equal(new Set(own.map(fold)).size, own.length);
      for (const word of own) assert.doesNotMatch(foldName(word), / /);
    });
});

describe('what people leave out makes no other word in', () => {
  const spellings = {
    Latin: ['Été à Brême', 'ETE A BREME'],
    Vietnamese: ['Tiếng Việt', 'tieng viet'],
    Greek: ['Άνοιξη', 'ΑΝΟΙΞΗ'],
    Cyrillic: ['Ёлка и й', 'елка и и'],
    Arabic: ['حُبٌّ', 'حب', 'حـب'],
    Hebrew: ['שָׁלוֹם', 'שלום'],
    Syriac: ['ܫܠܳܡܳܐ', 'ܫܠܡܐ'],
    kana: ['ガンダム', 'かんたむ'],
    'Devanagari, with a dot below or without': ['ज़िंदगी', 'जिंदगी'],
    'Devanagari, through the nose': ['माँ', 'मां'],
    'Bengali, in one character or two': ['মা\u09DFা', 'মা\u09AF\u09BCা'],
    'Sinhala, joined or not': ['ශ්\u200Dරී', 'ශ්රී'],
    Tibetan: ['\u0F40\u0F71\u0F72', '\u0F40\u0F73'],
  };
  for (const [script, own] of Object.entries(spellings))
    test(script, () => {
      assert.equal(new Set(own.map((text) => termsOf(text).join(' '))).size, 1);
    });
});

test('ids are made without any marks, as they always were', () => {
  assert.equal(foldText('दिल की बात'), 'दल क बत');
  assert.equal(foldText('Été – À Brême'), 'ete a breme');
  assert.equal(foldText('???'), '???');
  assert.equal(artistIdOf('ก้อง'), 'local:e8df72b75c9e1f5e558317fb');
  assert.equal(albumIdOf('दिल', 'मन'), 'local:83ee9fdff94ec53b2bdef4a2');
});

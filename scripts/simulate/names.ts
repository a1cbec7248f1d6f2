/** Invented players' names, in the variety that real ones have: accents, apostrophes, hyphens, initials, suffixes. */
import { playerLookup } from '../../shared/domain/player-lookup.ts';
import { pick, type Random } from '../../shared/domain/seeded-random.ts';

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

const FIRST = words(`
  Aldric Amari Ansel Ari Bastian Benno Brecken Brody Cael Calder Cassius Cato Corbin Dario Darnay Davor Deon Desmar
  Devlin Donte Eamon Ekon Elio Emeka Enzo Ephraim Ezra Fabian Finley Florian Gavril Gideon Goran Hakim Hollis Idris
  Ignas Isaiah Ivo Jabez Jalen Jamir Jarek Javon Jorah Josip Kaden Kamari Keon Kofi Lazar Leandre Levon Lorcan Luka
  Maceo Malik Marek Marquel Mateo Mats Milos Nasir Nico Obi Odell Oren Osei Otis Pavel Quade Quincy Rashad Remy Rocco
  Roderic Rylan Sandro Santi Semaj Silas Stellan Tadeo Tariq Tavian Teo Terrell Theron Thijs Tomas Tyree Ugo Vance
  Vasil Wendel Xavi Yannis Yusuf Zaire Zoran
`);
const ACCENTED_FIRST = words(
  `André Aurélien Dāvis Élie José Léo Moïse Nicolás Noé Rubén Théo Tomáš Uroš Žiga`,
);
const PREFIXED_FIRST = words(
  `Da'Quan D'Andre De'Shon J.T. K.C. Ja'Kobe Jean-Marc Karl-Olof La'Vell R.J. T.J. Wes-Lee`,
);

const STEMS = words(`
  Adel Bar Bel Bran Cal Car Con Dar Del Dor Ed Ellin Ever Fair Fen Gal Gar Har Hart Hol Kel Kes Lan Lang Led Lin Lor
  Mar Mel Mor Nor Oak Or Pel Pem Quin Rad Ren Ros Sel Shel Sil Stan Sut Tar Tel Thorn Tren Val Van Wal War Wes Win
  Wyn Yar Yel
`);
const ENDINGS = words(`
  beck berry bourne bridge bury by combe croft dale den field ford gate ham hurst land ley low man mere mont more ner
  ridge shaw son stead stone ston ton vale ward way well wick win wood worth
`);
const SLAVIC_STEMS = words(`Bor Drag Grub Jur Kov Lon Mat Mil Nik Pav Rad Sav Sim Stan Tom Vid Vuk Zor`);
const SLAVIC_ENDINGS = words(`ačić arić enić ević ić inčić ković ović ulić užić`);
const OTHER_LAST = words(`
  Abadé Adeyombo Agbanla Akunde Baldéron Bamgbé Barzelė Calderón Diarrué Ezenwaku Fontainé Gençoğa Grabauskėnas
  Hernádez Ibekwu Jansén Kalniņš Keïda Kuzmaitė Lindqvört Mbalako Mballé Muñero Nwabari Okonzu Onuakwe Özbarlı
  Porzelis Ruiñal Sabalūnas Sanglaré Schräderin Šimkulis Tavarós Togbalé Uzoh Vildėnas Wagnör Yılmur Zubčak
`);

/** Ways to make up a name. Most names are plain. */
function inventName(random: Random): string {
  const first = random.chance(0.08)
    ? pick(random, ACCENTED_FIRST)
    : pick(random, random.chance(0.09) ? PREFIXED_FIRST : FIRST);
  const suffix = random.chance(0.05)
    ? ' Jr.'
    : random.chance(0.02)
      ? pick(random, [' II', ' III', ' IV'])
      : '';
  return `${first} ${inventLastName(random)}${suffix}`;
}

function inventLastName(random: Random): string {
  const kind = random.unit();
  if (kind < 0.08) return pick(random, SLAVIC_STEMS) + pick(random, SLAVIC_ENDINGS);
  if (kind < 0.2) return pick(random, OTHER_LAST);
  const plain = plainLastName(random);
  if (kind < 0.23) return `O'${plain}`;
  if (kind < 0.25) return `Mc${plain}`;
  if (kind < 0.28) return `${plain}-${plainLastName(random)}`;
  if (kind < 0.29) return `St. ${plain}`;
  return plain;
}

function plainLastName(random: Random): string {
  return pick(random, STEMS) + pick(random, ENDINGS);
}

/** Makes names whose lookups differ from each other and from those in `taken`. The new lookups are added to `taken`. */
export function uniqueName(random: Random, taken: Set<string>): string {
  for (;;) {
    const name = inventName(random);
    const lookup = playerLookup(name);
    if (taken.has(lookup)) continue;
    taken.add(lookup);
    return name;
  }
}

/** The name as a bookmaker writes it: without accents and without the dots of initials and suffixes. Same lookup. */
export function bookNameOf(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(/ı/g, 'i')
    .replace(/\./g, '');
}

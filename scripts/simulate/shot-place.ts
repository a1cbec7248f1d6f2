/** Where on the court a shot is taken and how, in the words of the shot charts of NBA.com. */
import { BACKCOURT } from './box-score.ts';
import { clamp, weightedChoice, type Random } from '../../shared/domain/seeded-random.ts';

/** The cells of a shot chart that tell where and how; distances in feet. */
export interface ShotPlace {
  readonly zone: string;
  readonly side: string;
  readonly range: string;
  /** Whole feet from the basket. */
  readonly distance: number;
  readonly action: string;
  readonly x: number;
  readonly y: number;
}

type Actions = (random: Random) => string;

/** Kinds of shot by zone, made and missed, in the shares of the real seasons. */
const RIM_MADE: Actions = weightedChoice([
  ['Driving Layup Shot', 18],
  ['Cutting Dunk Shot', 8],
  ['Running Layup Shot', 9],
  ['Driving Finger Roll Layup Shot', 8],
  ['Cutting Layup Shot', 8],
  ['Running Dunk Shot', 7],
  ['Layup Shot', 6],
  ['Driving Dunk Shot', 5],
  ['Alley Oop Dunk Shot', 5],
  ['Dunk Shot', 4],
  ['Driving Reverse Layup Shot', 3],
  ['Running Finger Roll Layup Shot', 3],
  ['Reverse Layup Shot', 2],
]);
const RIM_MISSED: Actions = weightedChoice([
  ['Driving Layup Shot', 32],
  ['Running Layup Shot', 11],
  ['Layup Shot', 9],
  ['Driving Finger Roll Layup Shot', 8],
  ['Cutting Layup Shot', 6],
  ['Driving Reverse Layup Shot', 5],
  ['Driving Floating Jump Shot', 3],
  ['Driving Dunk Shot', 2],
]);
const PUTBACK: Actions = weightedChoice([
  ['Tip Layup Shot', 50],
  ['Putback Layup Shot', 38],
  ['Tip Dunk Shot', 8],
  ['Putback Dunk Shot', 4],
]);
const PAINT: Actions = weightedChoice([
  ['Driving Floating Jump Shot', 30],
  ['Driving Layup Shot', 16],
  ['Pullup Jump shot', 8],
  ['Driving Floating Bank Jump Shot', 8],
  ['Floating Jump shot', 11],
  ['Turnaround Hook Shot', 6],
  ['Hook Shot', 4],
  ['Turnaround Jump Shot', 5],
  ['Driving Finger Roll Layup Shot', 4],
  ['Fadeaway Jump Shot', 4],
]);
const MID: Actions = weightedChoice([
  ['Pullup Jump shot', 46],
  ['Jump Shot', 16],
  ['Step Back Jump shot', 13],
  ['Turnaround Fadeaway shot', 11],
  ['Fadeaway Jump Shot', 9],
  ['Turnaround Jump Shot', 5],
]);
const CORNER: Actions = weightedChoice([
  ['Jump Shot', 95],
  ['Running Jump Shot', 3],
  ['Pullup Jump shot', 2],
]);
const ARC: Actions = weightedChoice([
  ['Jump Shot', 61],
  ['Pullup Jump shot', 18],
  ['Step Back Jump shot', 11],
  ['Running Jump Shot', 7],
  ['Running Pull-Up Jump Shot', 3],
]);

/** Whole feet from the basket under it and behind the arc, by weight. */
const rimDistance = weightedChoice([
  [0, 25],
  [1, 29],
  [2, 27],
  [3, 19],
]);
const arcDistance = weightedChoice([
  [24, 17],
  [25, 36],
  [26, 27],
  [27, 12],
  [28, 5],
  [29, 2],
  [30, 1],
]);

const NEAR = 'Less Than 8 ft.';
const SHORT = '8-16 ft.';
const LONG = '16-24 ft.';
const FAR = '24+ ft.';

/** The basket is this many hundredths of a foot from the baseline; places are kept in tenths of a foot from it. */
const BASKET_HUNDREDTHS = 525;

/** A place for a shot from `zone` (see `Shot`). */
export function placeShot(
  random: Random,
  shot: { readonly zone: number; readonly made: boolean; readonly isPutback: boolean },
): ShotPlace {
  switch (shot.zone) {
    case 0:
      return rim(random, shot.isPutback ? PUTBACK : shot.made ? RIM_MADE : RIM_MISSED);
    case 1:
      return paint(random);
    case 2:
      return midRange(random);
    case 3:
      return corner(random);
    case BACKCOURT:
      return backcourt(random);
    default:
      return arc(random);
  }
}

function place(zone: string, side: string, range: string, action: string, x: number, y: number): ShotPlace {
  return {
    zone,
    side,
    range,
    action,
    distance: Math.floor(Math.sqrt(x * x + y * y) / 10),
    // Adding 0 turns a negative zero into zero.
    x: x / 10 + 0,
    y: (y * 10 + BASKET_HUNDREDTHS) / 100,
  };
}

/** Tenths of feet: the other coordinate of a point `radius` away from the basket. */
function other(radius: number, coordinate: number): number {
  return Math.round(Math.sqrt(Math.max(0, radius * radius - coordinate * coordinate)));
}

function eitherSide(random: Random, value: number): number {
  return random.chance(0.5) ? value : -value;
}

function rim(random: Random, actions: Actions): ShotPlace {
  const radius = rimDistance(random) * 10 + random.below(10);
  const x = random.between(-radius, radius);
  const y = other(radius, x) * (random.chance(0.15) ? -1 : 1);
  return place('Restricted Area', 'Center', NEAR, actions(random), clamp(x, -39, 39), clamp(y, -39, 39));
}

/** Inside the lane (8 feet to each side, 13.75 feet deep), outside the restricted area. */
function paint(random: Random): ShotPlace {
  for (;;) {
    const x = Math.round((random.unit() + random.unit() - 1) * 80);
    const y = random.between(-20, 137);
    const squared = x * x + y * y;
    // Shots are more frequent near the basket, so some of the far ones are drawn again.
    if (squared < 1600 || squared > 24_000 || (squared >= 6400 && random.chance(0.45))) continue;
    const isNear = squared < 6400;
    const side = isNear || Math.abs(x) < 50 ? 'Center' : sideOf(x);
    return place('In The Paint (Non-RA)', side, isNear ? NEAR : SHORT, PAINT(random), x, y);
  }
}

/** Inside the arc and outside the lane. */
function midRange(random: Random): ShotPlace {
  for (;;) {
    const radius = random.between(82, 215);
    const x = random.between(-radius, radius);
    const y = other(radius, x) * (Math.abs(x) > 85 && random.chance(0.15) ? -1 : 1);
    if ((Math.abs(x) <= 80 && y <= 138) || y < -45) continue;
    const squared = x * x + y * y;
    if (squared >= 219 * 219) continue;
    const isShort = squared < 25_600;
    const isCentral = Math.abs(x) < 0.3 * y;
    const side = isCentral ? 'Center' : isShort || y < 0.8 * Math.abs(x) ? sideOf(x) : `${sideOf(x)} Center`;
    return place('Mid-Range', side, isShort ? SHORT : LONG, MID(random), x, y);
  }
}

function corner(random: Random): ShotPlace {
  const x = eitherSide(random, 222 + random.below(17));
  const y = random.between(-35, 86);
  return place(x > 0 ? 'Left Corner 3' : 'Right Corner 3', sideOf(x), FAR, CORNER(random), x, y);
}

function arc(random: Random): ShotPlace {
  for (;;) {
    const radius = arcDistance(random) * 10 + 1 + random.below(9);
    const x = random.between(-212, 212);
    const y = other(radius, x);
    if (y <= 89 || x * x + y * y < 237.5 * 237.5) continue;
    const side = Math.abs(x) <= 80 ? 'Center' : `${sideOf(x)} Center`;
    return place('Above the Break 3', side, FAR, ARC(random), x, y);
  }
}

function backcourt(random: Random): ShotPlace {
  const y = 425 + Math.round(random.unit() * random.unit() * 300);
  return place('Backcourt', 'Back Court', 'Back Court Shot', 'Jump Shot', random.between(-220, 220), y);
}

function sideOf(x: number): 'Left Side' | 'Right Side' {
  return x > 0 ? 'Left Side' : 'Right Side';
}

/** Plots of an evaluation as SVG, and a page of them: calibration, residuals, importance, error by week, intervals. */
import {
  barsSvg,
  factsHtml,
  figureHtml,
  HEIGHT,
  htmlPage,
  svgOf,
  WIDTH,
  type Figure,
} from '../domain/html-page.ts';
import { escapedHtml } from '../domain/html-text.ts';
import { sharesOf } from './importance.ts';
import type { Evaluation, Part } from './evaluate.ts';
import type { PointsModel } from './points-model.ts';
import type { Predicted } from './predicted.ts';

export interface PlotData {
  readonly evaluation: Evaluation;
  readonly found: Predicted;
  /** Null where several models have predicted. */
  readonly model: PointsModel | null;
}

export interface Plot extends Figure {
  /** Name of its file, without `.svg`. */
  readonly name: string;
}

/** The plots, in the order in which a person reads them. */
export function plotsOf({ evaluation, found, model }: PlotData): Plot[] {
  const { parts } = evaluation;
  return [
    calibrationPlot(found),
    residualPlot(found),
    ...(model === null ? [] : [importancePlot(model, found)]),
    weekPlot(parts.week),
    intervalPlot(found),
  ];
}

/** One page with the figures and the plots. */
export function pageOf(title: string, { evaluation }: PlotData, plots: readonly Plot[]): string {
  const { rows, of, mae, interval, baselines, withLine, p10p90 } = evaluation;
  const facts: (readonly [string, string])[] = [
    ['player-games predicted', `${rows} of ${of}`],
    ['MAE', `${mae.toFixed(3)} (95 %: ${interval[0].toFixed(3)} to ${interval[1].toFixed(3)})`],
    ...Object.entries(baselines).map(([name, value]) => [`MAE of ${name}`, value.toFixed(3)] as const),
    ['rows with a line', String(withLine.rows)],
    ['MAE there, model / line', `${withLine.mae.toFixed(3)} / ${withLine.lineMae.toFixed(3)}`],
    ['P10 to P90 holds', `${(100 * p10p90).toFixed(1)} %`],
  ];
  return htmlPage(title, `${factsHtml(facts)}\n${plots.map(figureHtml).join('\n')}`);
}

const [LEFT, BOTTOM, TOP, RIGHT] = [60, 45, 15, 15];

/** Where values lie in a plot. */
interface Frame {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly axes: string;
}

function frameOf(
  [xLow, xHigh]: readonly [number, number],
  [yLow, yHigh]: readonly [number, number],
  [xName, yName]: readonly [string, string],
  xTicks: readonly (readonly [number, string])[] = ticksOf(xLow, xHigh),
): Frame {
  const x = (value: number): number => LEFT + ((value - xLow) / (xHigh - xLow || 1)) * (WIDTH - LEFT - RIGHT);
  const y = (value: number): number =>
    HEIGHT - BOTTOM - ((value - yLow) / (yHigh - yLow || 1)) * (HEIGHT - TOP - BOTTOM);
  const label = (text: string, at: string): string =>
    `<text ${at} font-size="12" fill="#555">${escapedHtml(text)}</text>`;
  const axes = [
    `<path d="M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}" fill="none" stroke="#888"/>`,
    ...xTicks.map(([value, text]) =>
      label(text, `x="${round(x(value))}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle"`),
    ),
    ...ticksOf(yLow, yHigh).map(
      ([value, text]) =>
        `<path d="M${LEFT} ${round(y(value))}H${WIDTH - RIGHT}" stroke="#eee"/>${label(text, `x="${LEFT - 6}" y="${round(y(value) + 4)}" text-anchor="end"`)}`,
    ),
    label(xName, `x="${WIDTH - RIGHT}" y="${HEIGHT - 6}" text-anchor="end"`),
    label(yName, `x="8" y="12"`),
  ].join('');
  return { x, y, axes };
}

/** About five round values between two. */
function ticksOf(low: number, high: number): (readonly [number, string])[] {
  const rough = (high - low) / 5 || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((each) => each >= rough) ?? rough;
  const ticks: (readonly [number, string])[] = [];
  for (let value = Math.ceil(low / step) * step; value <= high + step * 1e-9; value += step)
    ticks.push([value, String(Number(value.toFixed(6)))]);
  return ticks;
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** Groups of the rows of about equal number, by predicted points. */
function groupsOf({ predicted }: Predicted, groups: number): Uint32Array[] {
  const order = Uint32Array.from(predicted, (_, at) => at).sort(
    (a, b) => (predicted[a] ?? 0) - (predicted[b] ?? 0) || a - b,
  );
  return Array.from({ length: groups }, (_, g) =>
    order.subarray(Math.floor((g * order.length) / groups), Math.floor(((g + 1) * order.length) / groups)),
  ).filter(({ length }) => length > 0);
}

function meanAt(places: Uint32Array, of: (at: number) => number): number {
  return places.reduce((sum, at) => sum + of(at), 0) / places.length;
}

/** The middle value, which a prediction means to be. */
function medianAt(places: Uint32Array, of: (at: number) => number): number {
  const sorted = Float64Array.from(places, of).sort();
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN;
}

function calibrationPlot(found: Predicted): Plot {
  const points = groupsOf(found, 20).map((places) => ({
    predicted: meanAt(places, (at) => found.predicted[at] ?? NaN),
    median: medianAt(places, (at) => found.games[at]?.points ?? NaN),
    mean: meanAt(places, (at) => found.games[at]?.points ?? NaN),
  }));
  const most = Math.max(...points.map(({ predicted, mean }) => Math.max(predicted, mean)), 1);
  const { x, y, axes } = frameOf([0, most], [0, most], ['predicted points', 'points scored']);
  const dots = points.map(
    ({ predicted, median, mean }) =>
      `<circle cx="${round(x(predicted))}" cy="${round(y(median))}" r="4" fill="#1f6feb"/><circle cx="${round(x(predicted))}" cy="${round(y(mean))}" r="3" fill="none" stroke="#d1242f"/>`,
  );
  const title = 'Calibration';
  return {
    name: 'calibration',
    title,
    says: 'A twentieth of the predictions each: full circles are the median of the points scored, which a prediction means to be; open ones the mean, which lies higher because points are skewed.',
    svg: svgOf(
      title,
      `${axes}<path d="M${round(x(0))} ${round(y(0))}L${round(x(most))} ${round(y(most))}" stroke="#aaa" stroke-dasharray="4"/>${dots.join('')}`,
    ),
  };
}

function residualPlot(found: Predicted): Plot {
  const counts = new Map<number, number>();
  for (const [at, game] of found.games.entries()) {
    const residual = Math.round(game.points - (found.predicted[at] ?? NaN));
    const bin = Math.max(-20, Math.min(30, residual));
    counts.set(bin, (counts.get(bin) ?? 0) + 1);
  }
  const most = Math.max(...counts.values(), 1);
  const { x, y, axes } = frameOf([-21, 31], [0, most], ['points scored minus predicted', 'player-games']);
  const width = x(1) - x(0) - 1;
  const bars = [...counts].map(
    ([bin, count]) =>
      `<rect x="${round(x(bin) - width / 2)}" y="${round(y(count))}" width="${round(width)}" height="${round(y(0) - y(count))}" fill="#1f6feb"/>`,
  );
  const title = 'Residuals';
  return {
    name: 'residuals',
    title,
    says: 'How far the points were from the prediction. The long right side is a night on which everything goes in; the outermost bars hold everything beyond.',
    svg: svgOf(title, `${axes}${bars.join('')}`),
  };
}

function importancePlot(model: PointsModel, found: Predicted): Plot {
  const spread = sharesOf(model).slice(0, 20);
  const title = 'Importance';
  const most = Math.max(...spread.map(({ share }) => share), 1e-9);
  const bars = spread.map(({ feature, share }) => ({
    name: feature,
    share: share / most,
    text: `${(100 * share).toFixed(1)} %`,
  }));
  return {
    name: 'importance',
    title,
    says: `Share of each feature in how far predictions are moved, over ${found.games.length} player-games. Features that say nearly the same share what they say, so a small bar is no proof of a useless feature.`,
    svg: barsSvg(title, bars),
  };
}

function weekPlot(weeks: readonly Part[]): Plot {
  const errors = weeks.flatMap(({ mae, l10 }) => [mae, l10]);
  const [low, high] = [Math.floor(Math.min(...errors, 4)), Math.ceil(Math.max(...errors, 5))];
  const step = Math.max(1, Math.ceil(weeks.length / 8));
  const ticks = weeks.flatMap(({ part }, i) => (i % step === 0 ? [[i, part] as const] : []));
  const { x, y, axes } = frameOf([0, Math.max(1, weeks.length - 1)], [low, high], ['week', 'MAE'], ticks);
  const line = (of: (part: Part) => number): string =>
    weeks.map((part, i) => `${i === 0 ? 'M' : 'L'}${round(x(i))} ${round(y(of(part)))}`).join('');
  const title = 'Error by week';
  return {
    name: 'error-by-week',
    title,
    says: 'MAE of the model (blue) and of the mean of the last 10 games (grey) on the same rows. A week of the All-Star break has few games.',
    svg: svgOf(
      title,
      `${axes}<path d="${line(({ l10 }) => l10)}" fill="none" stroke="#999"/><path d="${line(({ mae }) => mae)}" fill="none" stroke="#1f6feb" stroke-width="2"/>`,
    ),
  };
}

function intervalPlot(found: Predicted): Plot {
  const points = groupsOf(found, 20).map((places) => ({
    predicted: meanAt(places, (at) => found.predicted[at] ?? NaN),
    low: meanAt(places, (at) => found.low[at] ?? NaN),
    high: meanAt(places, (at) => found.high[at] ?? NaN),
    held: meanAt(places, (at) => {
      const scored = found.games[at]?.points ?? NaN;
      return scored >= (found.low[at] ?? NaN) && scored <= (found.high[at] ?? NaN) ? 1 : 0;
    }),
  }));
  const most = Math.max(...points.map(({ high }) => high), 1);
  const { x, y, axes } = frameOf([0, most], [0, most], ['predicted points', 'P10 to P90']);
  const bars = points.map(
    ({ predicted, low, high, held }) =>
      `<path d="M${round(x(predicted))} ${round(y(low))}V${round(y(high))}" stroke="#1f6feb" stroke-width="5" opacity="0.5"/><text x="${round(x(predicted))}" y="${round(y(high) - 5)}" font-size="10" fill="#555" text-anchor="middle">${Math.round(100 * held)}</text>`,
  );
  const title = 'Intervals';
  return {
    name: 'intervals',
    title,
    says: 'P10 to P90 for a twentieth of the predictions each, and the percentage of the games in it whose points lie inside. 80 is meant.',
    svg: svgOf(title, `${axes}${bars.join('')}`),
  };
}

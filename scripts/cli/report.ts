/** Writes plots of an evaluation as SVG files, and one page that holds them all. Nothing in it is loaded from elsewhere. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderFor } from '../../functions/targets/folders.ts';
import type { Evaluation } from '../../shared/modeling/evaluate.ts';
import { pageOf, plotsOf, type PlotData } from '../../shared/modeling/plots.ts';
import type { PointsModel } from '../../shared/modeling/points-model.ts';
import type { Predicted } from '../../shared/modeling/predicted.ts';

interface Reported {
  readonly evaluation: Evaluation;
  readonly found: Predicted;
  /** Absent for a rolling origin of several models. */
  readonly file?: PointsModel;
}

/** @returns the address of the page */
export function writeReport(folder: string, title: string, { evaluation, found, file }: Reported): string {
  const to = folderFor('--report', folder);
  const data: PlotData = { evaluation, found, model: file ?? null };
  const plots = plotsOf(data);
  for (const { name, svg } of plots) writeFileSync(join(to, `${name}.svg`), svg);
  const page = join(to, 'index.html');
  writeFileSync(page, pageOf(title, data, plots));
  return page;
}

/** The page that shows which table reads which, with a diagram. */
import type { Registry } from '../domain/registry.ts';
import { PHASES, qualifiedName, rulesOf, type TableDefinition } from '../domain/table.ts';
import { windowText } from '../domain/window-text.ts';

const TITLES = {
  phase2: 'Phase 2: raw',
  phase3: 'Phase 3: analytics',
  phase4: 'Phase 4: precompute',
  phase5: 'Phase 5: predictions',
} as const;

/** A Markdown page: one diagram of all tables, then the inputs of each table. */
export function lineagePage(registry: Registry): string {
  const lines = [
    '# Lineage',
    '',
    'Which table reads which, drawn from the definitions in `functions/processors`. A solid arrow is a required input, a',
    'dotted one an optional input. `npm run generate` writes this page; a check fails when it is out of date.',
    '',
    '```mermaid',
    'flowchart LR',
  ];
  for (const phase of PHASES) {
    const tables = registry.inPhase(phase);
    if (tables.length === 0) continue;
    lines.push(
      `  subgraph ${phase}["${TITLES[phase]}"]`,
      ...tables.map(({ definition }) => `    ${definition.name}`),
      '  end',
    );
  }
  const arrows = new Map<string, boolean>();
  for (const { definition } of registry.all) {
    for (const input of definition.inputs) {
      const arrow = `${input.table}|${definition.name}`;
      arrows.set(arrow, (arrows.get(arrow) ?? false) || input.required);
    }
  }
  for (const [arrow, required] of arrows)
    lines.push(`  ${arrow.replace('|', required ? ' --> ' : ' -.-> ')}`);
  lines.push('```', '');
  for (const phase of PHASES) {
    const tables = registry.inPhase(phase);
    if (tables.length === 0) continue;
    lines.push(`## ${TITLES[phase]}`, '');
    for (const { definition } of tables) lines.push(...tableSection(definition));
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

function tableSection(definition: TableDefinition): string[] {
  const { family, revision } = rulesOf(definition.calculationVersion);
  return [
    `### ${definition.name}`,
    '',
    definition.description,
    '',
    `\`${qualifiedName(definition)}\`, partitioned by \`${definition.partitionColumn}\`, key \`${definition.key.join(', ')}\`, ${Object.keys(definition.columns).length} columns, rules \`${family}\` in revision ${revision}.`,
    '',
    ...(definition.inputs.length === 0
      ? ['Reads nothing: it is where the games come from.']
      : [
          '| reads | window | |',
          '| --- | --- | --- |',
          ...definition.inputs.map(
            ({ table, window, required }) =>
              `| ${table} | ${windowText(window)} | ${required ? 'required' : 'optional'} |`,
          ),
        ]),
    '',
  ];
}

import { loadDefinitions, openTables, build, expectations, brokenChecks, run } from './tables.ts';
import { rawStatements } from './real-raw.ts';
import type { TableDefinition } from '../../shared/domain/table.ts';
const defs = await loadDefinitions();
console.log([...defs.keys()].join(' '));
const season = process.argv[2] ?? '2023-24';
const c = await openTables(defs.values());
await c.run('SET threads=2');
let t = performance.now();
for (const s of rawStatements([season])) { try { await c.run(s); } catch (e) { console.log(s); throw e; } }
console.log('raw', Math.round(performance.now()-t));
const dates = (await run(c, `SELECT DISTINCT game_date FROM nba_raw.nbac_schedule WHERE season_type <> 'cup_final' ORDER BY 1`)).map(r=>r.game_date as never);
const batches = process.argv[3] ? [] : [dates];
if (process.argv[3]) for (let i=0;i<dates.length;i+=Number(process.argv[3])) batches.push(dates.slice(i,i+Number(process.argv[3])));
console.log(dates.length, dates[0], dates.at(-1));
for (const n of ['team_offense_game_summary','team_defense_game_summary','player_game_summary','upcoming_team_game_context','upcoming_player_game_context']) {
  const d = defs.get(n) as TableDefinition;
  t = performance.now();
  for (const b of batches) await build(c, d, { dates: b, readStart: dates[0]! });
  const ms = Math.round(performance.now()-t);
  const cnt = await run(c, `SELECT count(*) n, count(distinct game_date) d, avg(CAST(is_production_ready AS INT)) r FROM nba_analytics.${n}`);
  t = performance.now();
  const e = await expectations(c, d, { dates, readStart: dates[0]! });
  console.log(n, ms, JSON.stringify(cnt), 'expected', e.length, e.reduce((a,x)=>a+x.rows,0), Math.round(performance.now()-t), JSON.stringify([...(await brokenChecks(c,d))]));
}
if (process.argv[4]) {
  const d = defs.get('upcoming_player_game_context') as TableDefinition;
  const { batchSelect } = await import('./tables.ts');
  const sql = batchSelect(d, { dates, readStart: dates[0]! });
  await c.run("PRAGMA enable_profiling='json'"); await c.run("PRAGMA profiling_output='/tmp/prof.json'");
  await run(c, sql, { dates, readStart: dates[0]! });
}

import { writeFileSync } from 'node:fs';
import { loadDefinitions, openTables, build, run } from './tables.ts';
import { rawStatements } from './real-raw.ts';
import { readSql } from '../../functions/processors/load-sql.ts';
import { toDuckDb } from '../../shared/adapters/embedded/dialect.ts';
const defs = await loadDefinitions();
const c = await openTables(defs.values());
for (const s of rawStatements(['2023-24'])) await c.run(s);
// injuries and rosters, made up from the box scores so that these branches run too
await c.run(`INSERT INTO nba_raw.nbac_injury_report BY NAME SELECT game_id, game_date, season, season_type, team_abbr, player_lookup, player_name,
  CASE nba_player_id % 5 WHEN 0 THEN 'out' WHEN 1 THEN 'doubtful' WHEN 2 THEN 'questionable' WHEN 3 THEN 'probable' ELSE 'available' END AS injury_status,
  CAST(game_date AS TIMESTAMP) + INTERVAL 12 HOUR AS report_at, 60 AS minutes_before_tipoff
  FROM nba_raw.nbac_player_boxscores WHERE nba_player_id % 3 = 0 AND game_date % 2 = 0`.replace('game_date % 2 = 0', "day(game_date) % 2 = 0"));
await c.run(`UPDATE nba_raw.nbac_player_boxscores SET starter = (minutes > 28)`);
await c.run(`INSERT INTO nba_raw.espn_team_rosters BY NAME SELECT game_date, season, season_type, team_abbr, player_lookup, player_name, nba_player_id, DATE '1995-11-06' AS birth_date
  FROM nba_raw.nbac_player_boxscores WHERE team_abbr < 'F'`);
const from = process.argv[2]!, to = process.argv[3]!, open = process.argv[4] ?? '2023-10-24';
const all = (await run(c, `SELECT DISTINCT game_date FROM nba_raw.nbac_schedule ORDER BY 1`)).map((r) => r.game_date as never) as string[];
const names = ['team_offense_game_summary','team_defense_game_summary','player_game_summary','upcoming_team_game_context','upcoming_player_game_context'];
const out: Record<string, unknown> = {};
for (const n of names) {
  const d = defs.get(n)!;
  const dates = all.filter((x) => x <= to && x >= open) as never[];
  await build(c, d, { dates, readStart: open as never });
  const lit = (s: string) => s.replaceAll('@start_date', `DATE '${from}'`).replaceAll('@end_date', `DATE '${to}'`).replaceAll('@read_start', `DATE '${open}'`);
  const sql = lit(readSql(n, 'query.sql')!);
  const inputs: Record<string, unknown> = {};
  for (const i of d.inputs) {
    const id = defs.get(i.table)!;
    const q = `${id.dataset}.${id.name}`;
    inputs[q] = { columns: Object.entries(id.columns).map(([k, v]) => [k, v.type]),
      rows: await run(c, `SELECT ${Object.entries(id.columns).map(([k,v]) => v.type==='TIMESTAMP' ? `epoch_us(${k}) AS ${k}` : k).join(',')} FROM ${q} WHERE game_date >= DATE '${open}' AND game_date <= DATE '${to}' + ${i.table === 'nbac_schedule' ? 20 : 0}`) };
  }
  out[n] = { sql, expected_sql: lit(readSql(n,'expected.sql')!), checks: readSql(n,'checks.sql'), key: d.key, columns: Object.entries(d.columns).map(([k,v]) => [k, v.type, v.decimals]), inputs,
    duck: await run(c, `SELECT ${Object.entries(d.columns).map(([k,v]) => v.type==='TIMESTAMP' ? `epoch_us(${k}) AS ${k}` : v.type === 'FLOAT64' ? `CAST(${k} AS DOUBLE) AS ${k}` : k).join(',')} FROM (${toDuckDb(sql)})`),
    duckExpected: await run(c, toDuckDb(lit(readSql(n,'expected.sql')!))) };
}
writeFileSync('/tmp/judge.json', JSON.stringify(out));

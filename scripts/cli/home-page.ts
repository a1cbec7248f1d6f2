/** The page that `serve` shows a browser: what is loaded and what one can do; with the token also what is under way. */
import { escapedHtml } from '../../shared/domain/html-text.ts';
import { backfillsByAge, seenState } from '../../functions/control/backfills.ts';
import { loadedRange } from '../../functions/control/date-range.ts';
import { overview } from '../../functions/control/status.ts';
import type { Client } from '../../functions/targets/client.ts';
import { counted } from '../../shared/domain/counted.ts';
import { BACKFILL_REQUEST_TOPIC } from '../../shared/derive/topic-names.ts';
import { copyable } from './command.ts';
import { requestText } from './request-text.ts';
import { tokenFile } from './token.ts';

/** Backfills that the page names. */
const SHOWN = 10;

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin-bottom: 0; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8884; vertical-align: top; }
td:first-child { white-space: nowrap; } td.n, th.n { text-align: right; } pre { padding: .8rem; background: #8882; overflow-x: auto; } .wide { overflow-x: auto; } p.quiet { opacity: .75; margin-top: .2rem; }
`;

/**
 * An HTML page without scripts.
 * @param address of this server, as the browser knows it
 * @param isOwner whether the reader has the token; only then requests are shown, which name people
 */
export async function homePage(client: Client, address: string, isOwner: boolean): Promise<string> {
  const found = await overview(client);
  const { seasons } = found;
  const last = seasons.at(-1)?.season;
  const range = last === undefined ? (['', ''] as const) : await loadedRange(client);
  const parts = [
    `<h1>Fullcourt</h1><p class="quiet">${escapedHtml(`${client.config.target} target, home ${client.config.home}`)}</p>`,
    '<h2>What is loaded</h2>',
    seasons.length === 0
      ? '<p>Nothing yet.</p>'
      : tableOf(
          ['season', 'opening night', 'n:game dates', 'n:games'],
          seasons.map(({ season, openingNight, gameDates, games }) => [
            season,
            openingNight,
            gameDates,
            games,
          ]),
        ),
    ...(isOwner ? await workOf(client, found) : []),
    '<h2>What you can do</h2>',
    last === undefined
      ? `<pre>${escapedHtml(withComments(howToLoad(client)).join('\n'))}</pre>`
      : `<pre>${escapedHtml([...withComments(whatToType(last, range)), '', ...curlLines(client, address, last)].join('\n'))}</pre>`,
  ];
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Fullcourt</title><style>${STYLE}</style></head><body>${parts.join('\n')}</body></html>\n`;
}

/** What is under way: the newest backfills and the messages. */
async function workOf(
  client: Client,
  { backlog, deadLetters }: Awaited<ReturnType<typeof overview>>,
): Promise<string[]> {
  const newest = (await backfillsByAge(client)).slice(0, SHOWN);
  const waiting = Object.values(backlog ?? {}).reduce((sum, n) => sum + n, 0);
  return [
    '<h2>Backfills</h2>',
    newest.length === 0
      ? '<p>None has been requested.</p>'
      : tableOf(
          ['id', 'state', 'asked at', 'request', 'verdict'],
          newest.map(({ id, state, createdAt, request, verdict }) => [
            id,
            seenState(client, { state }),
            createdAt.slice(0, 16).replace('T', ' '),
            requestText(request),
            copyable(verdict ?? ''),
          ]),
        ),
    `<p>${escapedHtml(`${counted(waiting, 'message waits', 'messages wait')}. ${deadLetters} set aside${deadLetters === 0 ? '' : `: ${copyable('fullcourt dead-letters')}`}.`)}</p>`,
  ];
}

/** A command and what it does. */
type Typed = readonly [string, string];

/** How a target without rows is filled. Only one process works on an embedded home. */
function howToLoad({ config }: Client): Typed[] {
  const how = config.target === 'embedded' ? 'load files, with this process stopped' : 'load files';
  return [
    ['npx fullcourt import --from DIR', how],
    ['npx fullcourt simulate', 'or a simulated season'],
  ];
}

function whatToType(season: string, [start, end]: readonly [string, string]): Typed[] {
  return [
    [`npx fullcourt backfill --season ${season}`, 'build what is not built'],
    ['npx fullcourt backfills watch last', 'see how far it is'],
    [`npx fullcourt coverage --start ${start} --end ${end}`, 'see what is there'],
    ['npx fullcourt status', 'see what is under way'],
  ];
}

/** Commands with what they do, one below the other. */
function withComments(typed: readonly Typed[]): string[] {
  const lines = typed.map(([command, what]) => [copyable(command), what] as const);
  const width = Math.max(...lines.map(([command]) => command.length));
  return lines.map(([command, what]) => `${command.padEnd(width)}  # ${what}`);
}

/** A request for a season, as a person types it into a shell. */
export function curlLines({ config }: Pick<Client, 'config'>, address: string, season: string): string[] {
  return [
    `curl -H "Authorization: Bearer $(cat ${quoted(tokenFile(config.home))})" \\`,
    `  -d '{"season":"${season}"}' ${address}/topics/${BACKFILL_REQUEST_TOPIC}`,
  ];
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

/** @param heads of columns; `n:` marks one of numbers */
function tableOf(heads: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const kind = heads.map((head) => (head.startsWith('n:') ? ' class="n"' : ''));
  const head = heads.map((text, i) => `<th${kind[i]}>${escapedHtml(text.replace(/^n:/, ''))}</th>`).join('');
  const body = rows
    .map(
      (row) => `<tr>${row.map((cell, i) => `<td${kind[i]}>${escapedHtml(String(cell))}</td>`).join('')}</tr>`,
    )
    .join('');
  return `<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

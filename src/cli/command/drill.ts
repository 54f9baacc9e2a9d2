import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { needsPerson } from '../../domain/failure.js';
import { durationText } from '../../render/format.js';
import { atOnce, drillConfig } from '../drill/ground.js';
import { play, type Played, type Stage } from '../drill/play.js';
import { drillScripts, type DrillScript } from '../drill/scripts.js';
import { exit, type Exit } from '../exit.js';
import { configOf, startHere } from '../reach.js';
import { harmless, painter, type Paint } from '../terminal.js';
import type { World } from '../world.js';

/** Puts scripted agents that lie, loop, hang and tamper through the real pipeline, and says whether Fleet held. Leaves nothing behind. */
export async function drill(
  world: World,
  names: readonly string[],
  { json }: { readonly json: boolean },
): Promise<Exit> {
  const scripts = scriptsOf(names);
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'fleet-drill-')));
  try {
    const config = drillConfig(configOf(world, 'command'), join(folder, 'data'));
    const fleet = await startHere(world, config, { role: 'all', listen: false });
    try {
      return await playAll({ world, config, control: fleet.control, folder }, scripts, { json });
    } finally {
      await fleet.leave();
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function scriptsOf(names: readonly string[]): readonly DrillScript[] {
  const unknown = names.filter((name) => drillScripts.every((script) => script.name !== name));
  if (unknown.length > 0) {
    const known = drillScripts.map(({ name }) => name).join(', ');
    throw needsPerson('configurationBroken', [`there is no drill ${unknown.join(', ')}; there are ${known}`]);
  }
  return names.length === 0 ? drillScripts : drillScripts.filter(({ name }) => names.includes(name));
}

async function playAll(
  stage: Stage,
  scripts: readonly DrillScript[],
  { json }: { readonly json: boolean },
): Promise<Exit> {
  const { terminal, interrupted } = stage.world;
  const paint = painter(terminal);
  const startedMs = performance.now();
  const waiting = [...scripts];
  const played: Played[] = [];
  const playOn = async (): Promise<void> => {
    for (let script = waiting.shift(); script !== undefined; script = waiting.shift()) {
      const one = await play(stage, script);
      if (interrupted.aborted) return;
      played.push(one);
      terminal.out(`${json ? JSON.stringify(one) : textOf(one, paint)}\n`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, playOn));
  if (interrupted.aborted) return exit.interrupted;
  const figures = figuresOf(played);
  const took = durationText(performance.now() - startedMs);
  terminal.out(json ? `${JSON.stringify({ figures })}\n` : `\n${figuresText(figures)} (${took})\n`);
  return figures.held === figures.drills ? exit.done : exit.unsuccessful;
}

function textOf({ drill: name, tries, held, wrong, because, attempts, ...one }: Played, paint: Paint): string {
  const word = held ? paint('green', 'held    ') : paint('red', 'NOT HELD');
  const end = one.obstacle === undefined ? one.phase : `${one.phase}: ${one.obstacle}`;
  return [
    `${word}  ${name.padEnd(22)}  ${tries}`,
    ...wrong.map((line) => `          ${paint('red', harmless(line))}`),
    ...(held || one.gap === undefined ? [] : [`          known: ${one.gap}`]),
    paint('dim', `          ${end} after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}; ${harmless(because)}`),
  ].join('\n');
}

interface Figures {
  readonly drills: number;
  readonly held: number;
  readonly falseDoneAccepted: number;
  readonly honestWorkRefused: number;
  /** Attempts until a circle was named, by period. */
  readonly circles: Readonly<Record<string, number | 'never'>>;
}

function figuresOf(played: readonly Played[]): Figures {
  const count = (is: (one: Played) => boolean): number => played.filter(is).length;
  return {
    drills: played.length,
    held: count(({ held }) => held),
    falseDoneAccepted: count(({ falseDone }) => falseDone),
    honestWorkRefused: count(({ refusedHonest }) => refusedHonest),
    circles: Object.fromEntries(
      played.flatMap(({ circle }) => (circle === undefined ? [] : [[circle.period, circle.namedAfter ?? 'never']])),
    ),
  };
}

function figuresText({ drills, held, falseDoneAccepted, honestWorkRefused, circles }: Figures): string {
  const named = Object.entries(circles).map(([period, after]) => `${period} after ${after}`);
  return [
    `${held} of ${drills} drills held; false "done" accepted: ${falseDoneAccepted}; honest work refused: ${honestWorkRefused}`,
    ...(named.length === 0 ? [] : [`attempts until a circle of a period was named: ${named.join(', ')}`]),
  ].join('; ');
}

import { playFleetPatcher } from './bench/designs/fleet-patcher.ts';
import { setUp } from './bench/designs/setup.ts';
import { boundSeconds, serviceSeconds } from './bench/lower-bound.ts';
import { policyOf } from './bench/fleet.ts';
import { writeFileSync } from 'node:fs';
const seed = Number(process.argv[2]);
const setup = setUp({ seed, nodes: 1000, concurrencyPercent: 10, maxErrorsPercent: 100 });
const run = await playFleetPatcher(setup);
const { evidence } = run;
const start = evidence.startedAt;
const policy = policyOf(setup.policies);
const out: string[] = [];
const print = (...x: any[]) => out.push(x.join(' '));
const bound = boundSeconds(setup.targets, policy);
print('end', (evidence.endedAt - start) / 1000, 'bound', bound, (evidence.endedAt - start) / 1000 / bound, 'transitions', run.consumption.stateTransitions);
const by = new Map<string, any>();
for (const e of evidence.executions as any[]) { const b = by.get(e.nodeId) ?? { until: 0, docs: [] }; b.until = Math.max(b.until, e.endedAt ?? e.startedAt); b.docs.push(`${e.step} ${Math.round((e.startedAt - start)/1000)}-${e.endedAt ? Math.round((e.endedAt - start)/1000) : '?'} ${e.result ?? ''}`); by.set(e.nodeId, b); }
const nodes = new Map(setup.fleet.map((n: any) => [n.nodeId, n]));
const sent = new Map<string, number>();
for (const c of evidence.commands as any[]) for (const id of c.nodeIds) if (!sent.has(id)) sent.set(id, c.at);
const rep = new Map((evidence.report as any[]).map(r => [r.nodeId, r.outcome]));
for (const [id, b] of [...by].sort((x, y) => y[1].until - x[1].until).slice(0, 6)) { const n: any = nodes.get(id); print(id, rep.get(id), 'first', Math.round((sent.get(id)! - start) / 1000), 'service', Math.round(serviceSeconds(n, policy)), JSON.stringify({...n.fate, installedPatches: 0}), b.docs.join(' | ')); }
const firsts = [...sent.values()].sort((a, b) => b - a); print('last firsts', firsts.slice(0, 5).map(x => Math.round((x - start) / 1000)));
writeFileSync(`/tmp/tail-${seed}.txt`, out.join('\n') + '\n');

/** Instruments that are read when somebody asks for the metrics, not fed when something happens. */

import { Counter, Gauge, type Registry } from 'prom-client';

type Read<Readings, Value> = (now: Readings) => Value;

/** Registers instruments; `Readings` is what they are read from. */
export interface Instruments<Readings> {
  readonly gauge: (name: string, help: string, read: Read<Readings, number>) => void;
  readonly counter: (name: string, help: string, read: Read<Readings, number>) => void;
  /** A counter with one label; what is read gives the total of each of its values. */
  readonly counterBy: (label: string, name: string, help: string, read: Read<Readings, Readonly<Record<string, number>>>) => void;
  /** A counter with any labels; `read` calls `add` once for every set of values. */
  readonly labelledCounter: (
    labelNames: string[],
    name: string,
    help: string,
    read: (now: Readings, add: (labels: Readonly<Record<string, string>>, total: number) => void) => void,
  ) => void;
}

/** Instruments in the registry; `readings` is asked anew by each of them, every time. */
export function instrumentsOf<Readings>(registry: Registry, readings: () => Readings): Instruments<Readings> {
  const registers = [registry];
  const gauge: Instruments<Readings>['gauge'] = (name, help, read) => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read(readings()));
      },
    });
  };
  const labelledCounter: Instruments<Readings>['labelledCounter'] = (labelNames, name, help, read) => {
    new Counter({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset();
        read(readings(), (labels, total) => this.inc({ ...labels }, total));
      },
    });
  };
  const counter: Instruments<Readings>['counter'] = (name, help, read) => labelledCounter([], name, help, (now, add) => add({}, read(now)));
  const counterBy: Instruments<Readings>['counterBy'] = (label, name, help, read) =>
    labelledCounter([label], name, help, (now, add) => {
      for (const [value, total] of Object.entries(read(now))) add({ [label]: value }, total);
    });
  return { gauge, counter, counterBy, labelledCounter };
}

import { useMemo } from "preact/hooks";
import { useResource, type View } from "../api/resource";
import type { Alert, Waiting } from "../api/shapes";
import { gather, type Trouble } from "../troubles";

const concerns = /^(batch|odoo|queue|alert|plc\.write|line|task)/;

export interface Attention {
  /** Undefined until both answers are there. */
  all: Trouble[] | undefined;
  mine: number;
  waiting: View<{ total: number; batches: Waiting[] }>;
  alerts: View<{ total: number; alerts: Alert[] }>;
}

/** What needs a person: the same on every page. */
export function useAttention(): Attention {
  const waiting = useResource<{ total: number; batches: Waiting[] }>("admin/failed-to-push", concerns);
  const alerts = useResource<{ total: number; alerts: Alert[] }>("alerts", concerns);
  const all = useMemo(
    () => (waiting.data && alerts.data ? gather(waiting.data.batches, alerts.data.alerts) : undefined),
    [waiting.data, alerts.data],
  );
  return { all, mine: all?.filter((one) => one.needsPerson).length ?? 0, waiting, alerts };
}

"use client";
import { ModelId } from "@/components/ModelId";
import { Panel, Skeleton } from "@/components/Panel";
import { Side } from "@/components/Side";
import { type Column, Table } from "@/components/Table";
import { Tag, type Tone } from "@/components/Tag";
import { risk } from "@/i18n/risk";
import { useFormat, useText } from "@/lib/language";
import { useStaleSince } from "@/lib/live";
import { useGet } from "@/lib/query";
import { Resume } from "./Resume";
import { Used } from "./Used";
import { ACCOUNT, type Line, linesOf, type Report, type State, stateOf } from "./use";

/** Limits against what is used of them: of the account, and of each book. */
export function LimitsPanel() {
  const t = useText(risk);
  const f = useFormat();
  const report = useGet("/v1/risk");
  const staleSince = useStaleSince();
  const at = report.data?.as_of;
  return (
    <Panel
      title={
        <>
          {t("limits")}
          {at ? (
            <span className="font-normal text-faint">
              {" "}
              {t("asOf", { day: f.day(at), clock: f.clock(at) })}
            </span>
          ) : null}
        </>
      }
      query={report}
      staleSince={staleSince}
      empty={{
        when: ({ books, account }) => books.length === 0 && account === null,
        text: t("noBooks"),
        command: "cambio live",
      }}
      skeleton={<Skeleton rows={4} columns={7} />}
      flush
    >
      {(shown) => (
        <>
          <Books report={shown} />
          <p className="border-t border-line px-4 py-2 text-xs text-muted">
            {t("others", {
              confidence: f.ratio(shown.limits.confidence_threshold),
              losses: shown.limits.max_consecutive_losses,
              minutes: shown.limits.cooldown_minutes,
            })}
          </p>
        </>
      )}
    </Panel>
  );
}

function Books({ report }: { report: Report }) {
  const t = useText(risk);
  const f = useFormat();
  const { limits } = report;
  const percent = (value: number) => f.percent(value);
  const columns: Column<Line>[] = [
    { key: "book", header: t("book"), cell: (line) => <Name line={line} />, lead: true },
    {
      key: "state",
      header: t("state"),
      lead: true,
      cell: (line) => (
        <span className="inline-flex items-center gap-2">
          <StateTag line={line} report={report} />
          {line.book.drawdown_breached ? <Resume line={line} limits={limits} /> : null}
        </span>
      ),
    },
    {
      key: "position",
      header: t("position"),
      cell: ({ model }) => (model === null ? "–" : <Side position={model.position} />),
    },
    {
      key: "loss",
      header: t("dailyLoss"),
      lead: true,
      cell: ({ book }) => (
        <Used
          name={t("dailyLoss")}
          used={Math.max(0, book.daily_loss)}
          limit={limits.max_daily_loss}
          write={percent}
          note={book.daily_loss < 0 ? t("gain", { gain: percent(-book.daily_loss) }) : undefined}
        />
      ),
    },
    {
      key: "drawdown",
      header: t("drawdown"),
      lead: true,
      cell: ({ book }) => (
        <Used
          name={t("drawdown")}
          used={book.drawdown}
          limit={limits.max_drawdown}
          write={percent}
        />
      ),
    },
    {
      key: "trades",
      header: t("trades"),
      lead: true,
      cell: ({ model }) =>
        model === null ? (
          <span className="max-sm:hidden">–</span>
        ) : (
          <Used
            name={t("trades")}
            used={model.trades_today}
            limit={limits.max_trades_per_session}
            write={f.count}
          />
        ),
    },
    {
      key: "losses",
      header: t("losses"),
      lead: true,
      cell: ({ model }) =>
        model === null ? (
          <span className="max-sm:hidden">–</span>
        ) : (
          <Used
            name={t("losses")}
            used={model.consecutive_losses}
            limit={limits.max_consecutive_losses}
            write={f.count}
          />
        ),
    },
  ];
  return (
    <Table label={t("limits")} columns={columns} rows={linesOf(report)} id={({ name }) => name} />
  );
}

function Name({ line: { name, model } }: { line: Line }) {
  const t = useText(risk);
  if (name === ACCOUNT) return <span className="font-semibold">{t("account")}</span>;
  return (
    <>
      <ModelId id={name} className="font-medium sm:max-w-64" />{" "}
      <span className="text-faint">{t(model?.role ?? "closing")}</span>
    </>
  );
}

const TONES: Record<State, Tone> = {
  stopped: "bad",
  killed: "bad",
  doneForDay: "bad",
  pauses: "short",
  closing: "neutral",
  trading: "neutral",
};

function StateTag({ line, report }: { line: Line; report: Report }) {
  const t = useText(risk);
  const f = useFormat();
  const state = stateOf(line, report);
  const until = line.model?.breaker_until;
  return <Tag tone={TONES[state]}>{t(state, { clock: until ? f.clock(until) : "" })}</Tag>;
}

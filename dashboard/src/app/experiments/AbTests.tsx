"use client";
import type { Shape } from "@/api/client";
import { Tag } from "@/components/Tag";
import { Time } from "@/components/Time";
import { experiments } from "@/i18n/experiments";
import { useFormat, useText } from "@/lib/language";
import { useGet } from "@/lib/query";
import { Differences } from "./Differences";
import { Part } from "./Part";
import { Lines } from "./plot/Lines";
import { Records } from "./Records";
import { SequencePlot } from "./SequencePlot";
import { Variants } from "./Variants";

const RUNS = 10;
export type AbTest = Shape<"AbTest">;

/** Two experiments on the same sessions, and the interval that may be looked at all along. */
export function AbTestsPanel() {
  const t = useText(experiments);
  return (
    <Records
      title={t("abTests")}
      query={useGet("/v1/ab-tests", { query: { limit: RUNS } })}
      param="test"
      label={t("test")}
      called={({ ab_test }) => ab_test}
      none={t("abNone")}
      command="cambio ab run ab_fast_gamma"
    >
      {(test) => <Told test={test} />}
    </Records>
  );
}

function Told({ test }: { test: AbTest }) {
  const t = useText(experiments);
  const f = useFormat();
  const { winner, concluded_on: day, growth } = test;
  const [control, treatment] = test.variants;
  const line = (key: string, values: readonly number[]) => ({
    key,
    values: values.map((value) => value - 1),
  });
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h3 className="font-semibold">{test.ab_test}</h3>
        <Tag tone={winner === null ? "neutral" : "good"}>
          {winner === null
            ? t("noDifference", { n: test.sessions })
            : t("isBetter", { name: winner })}
        </Tag>
        <span className="text-muted">
          {day === null ? null : `${t("shownOn", { day: f.date(day) })} · `}
          {f.date(test.window.start)} – {f.date(test.window.end)}
          {" · "}
          <Time value={test.created_at} shape="moment" />
        </span>
      </div>
      {test.notices.map((notice) => (
        <p key={notice} className="text-muted">
          {notice}
        </p>
      ))}
      <SequencePlot test={test} />
      <Variants test={test} />
      <div className="grid gap-x-8 gap-y-6 lg:grid-cols-2">
        <Part title={t("growth")}>
          <Lines
            label={t("growthTold", {
              control: f.percent(line("", growth.control).values.at(-1), { sign: true }),
              treatment: f.percent(line("", growth.treatment).values.at(-1), { sign: true }),
            })}
            yTitle={t("returnPercent")}
            days={test.days}
            lines={[
              line(control?.name ?? "control", growth.control),
              line(treatment?.name ?? "treatment", growth.treatment),
              line(t("splitAccount"), growth.account),
            ]}
          />
        </Part>
        <Differences
          title={t("differIn")}
          names={test.variants.map((one) => one.name)}
          of={test.changes}
        />
      </div>
    </>
  );
}

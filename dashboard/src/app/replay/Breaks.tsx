"use client";
import { Button } from "@/components/Button";
import { Failure } from "@/components/Panel";
import { replay } from "@/i18n/replay";
import { useFormat, useText } from "@/lib/language";
import type { Run } from "./run";
import type { Runs } from "./useReplay";

/** What kept a replay from its end, and how to go on. */
export function Breaks({ runs, goOn }: { runs: Runs; goOn(): void }) {
  const ended = [runs.main, runs.against].filter(
    (run): run is Run => run !== null && run.state !== "receiving" && run.state !== "done",
  );
  const stopped = ended.every((run) => run.state === "stopped");
  const told = stopped ? ended.slice(0, 1) : ended;
  return told.map((run) => <Break key={run.model} run={run} goOn={goOn} />);
}

function Break({ run, goOn }: { run: Run; goOn(): void }) {
  const t = useText(replay);
  const f = useFormat();
  const { length, total } = run.recording;
  const place = { model: run.model, n: f.count(length), all: f.count(total) };
  const early = length === 0;
  const words = {
    stopped: early ? t("stoppedEarly") : t("stopped", place),
    broken: early ? t("brokenEarly", place) : t("broken", place),
    refused: t("refused", place),
    receiving: "",
    done: "",
  }[run.state];
  return (
    <div className="flex flex-col items-start gap-2 rounded-lg border border-line bg-panel p-4">
      <p role={run.state === "stopped" ? "status" : "alert"} className="font-medium">
        {words}
      </p>
      {run.problem === null ? null : <Failure problem={run.problem} />}
      {run.state === "refused" ? null : <Button onClick={goOn}>{t("goOn")}</Button>}
    </div>
  );
}

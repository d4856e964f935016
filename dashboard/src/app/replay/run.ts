import { Problem } from "@/api/client";
import { follow, type ReplayEvent } from "@/api/stream";
import type { Period } from "./period";
import { Recording } from "./recording";

/** `broken`: the stream ended without a result; it can go on from there. */
export type RunState = "receiving" | "done" | "refused" | "broken" | "stopped";

/** The replay of one model: its request, and what came of it. */
export class Run {
  readonly recording = new Recording();
  state: RunState = "receiving";
  /** Why it was refused or broke. */
  problem: Problem | null = null;
  private request: { stop(): void } | null = null;

  constructor(
    readonly model: string,
    readonly period: Period,
    private readonly changed: () => void,
  ) {}

  /** Ask, or go on after what has come. */
  begin(): void {
    this.state = "receiving";
    this.problem = null;
    this.request = follow<ReplayEvent>("/v1/backtest/replay", {
      body: {
        model_id: this.model,
        start_date: this.period.from,
        end_date: this.period.to,
        mode: "replay",
      },
      endless: false,
      after: this.recording.last,
      onEvents: (events) => {
        this.recording.take(events);
        this.changed();
      },
      onState: (state, problem) => {
        if (state === "ended") this.end(null);
        else if (state === "lost") this.end(problem);
      },
    });
    this.changed();
  }

  /** Break the request off; what has come stays. */
  stop(): void {
    this.request?.stop();
    if (this.state === "receiving") this.state = "stopped";
    this.changed();
  }

  private end(problem: Problem | null): void {
    const { result, last } = this.recording;
    if (result?.success) this.state = "done";
    else if (result !== null) this.refuse(new Problem(200, "about:blank", result.message));
    else if (problem !== null && last === null) this.refuse(problem);
    else {
      this.state = "broken";
      this.problem = problem;
    }
    this.changed();
  }

  private refuse(problem: Problem): void {
    this.state = "refused";
    this.problem = problem;
  }
}

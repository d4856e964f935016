// Made by `npm run types` from the API's OpenAPI document. Do not edit.

export interface paths {
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Does the process live?
         * @description Answer, and ask nothing of anybody.
         */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Can it answer?
         * @description Ask the database; the engine and the bus are told of, and decide nothing.
         */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Metrics for Prometheus
         * @description Give every metric in the text format; the state of the data is read anew each time.
         */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who am I?
         * @description Tell who asks, and to a browser the token that its changes need.
         */
        get: operations["getSession"];
        put?: never;
        /**
         * Log a browser in with a token
         * @description Set a session's cookie, of the account of the bearer token; it ends with the token.
         */
        post: operations["beginSession"];
        /**
         * Log out
         * @description End the session of the cookie, and take the cookie back.
         */
        delete: operations["endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Models
         * @description List the registered models, newest first; those of one stage if asked.
         */
        get: operations["listModels"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{model_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Model
         * @description Give one registered model with its lineage.
         */
        get: operations["getModel"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/champion": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Champion
         * @description Give the model that trades.
         */
        get: operations["getChampion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/trials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Trials
         * @description List every look at a test window, and what the windows ask of the next model.
         */
        get: operations["listTrials"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/proposals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Proposals
         * @description List the proposals, newest first; those of one status if asked.
         */
        get: operations["listProposals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/proposals/{proposal_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Proposal
         * @description Give one proposal with all that it rests on.
         */
        get: operations["getProposal"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/proposals/{proposal_id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve Proposal
         * @description Approve a proposal. Who ran its experiment can't, and a REJECT can't be approved.
         */
        post: operations["approveProposal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/proposals/{proposal_id}/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reject Proposal
         * @description Reject a proposal for good; no model changes.
         */
        post: operations["rejectProposal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Audit
         * @description List the audit log, newest first; what is about one subject if asked.
         */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Verify Audit
         * @description Compare the audit log with its seals and with the tables.
         */
        get: operations["verifyAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/proposals/{proposal_id}/evidence": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Evidence
         * @description Give the backtest that a proposal rests on; one that was made before it was kept has none.
         */
        get: operations["getEvidence"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deployments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Deployments
         * @description Tell who trades with which share, and how the challenger compares.
         */
        get: operations["getDeployments"];
        put?: never;
        /**
         * Start Deployment
         * @description Let a model decide beside the champion: as challenger with a share, or as shadow without.
         */
        post: operations["startDeployment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deployments/promote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Promote Challenger
         * @description Make the challenger the champion at once.
         */
        post: operations["promoteChallenger"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deployments/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Roll Back
         * @description End the challenger; without one, make the former champion champion again.
         */
        post: operations["rollBack"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deployments/shadows/{model_id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop Shadow
         * @description End a shadow.
         */
        post: operations["stopShadow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/experiments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Experiments
         * @description List the experiments that can be run, by name, and how the newest run of each ended.
         */
        get: operations["listExperiments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/experiments/compare": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Compare Experiments
         * @description Compare the newest recorded run of each with the first one's; nothing is run anew.
         */
        get: operations["compareExperiments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/experiments/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Experiment
         * @description Give the whole configuration of an experiment, and what differs from its base.
         */
        get: operations["getExperiment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/walk-forwards": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Walk Forwards
         * @description List the walk-forwards that ran, newest first, with every fold and seed.
         */
        get: operations["listWalkForwards"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ab-tests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Ab Tests
         * @description List the A/B tests that ran, newest first, with the interval after every session.
         */
        get: operations["listAbTests"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/gate-calibration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Gate Calibration
         * @description Give how often the gate promotes policies without edge, and how often real edges.
         */
        get: operations["getGateCalibration"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fills": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Fills
         * @description List the fills of live books, newest first.
         */
        get: operations["listFills"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/trades": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Trades
         * @description List the round trips of live books that have ended, newest first.
         */
        get: operations["listTrades"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/equity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Equity
         * @description Give the equity of the account, or of a model's live book, at the close of each bar.
         */
        get: operations["getEquity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/signals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Signals
         * @description List signals, newest first.
         */
        get: operations["listSignals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/signals/{signal_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Signal
         * @description Give one signal with what the policy saw and what risk said.
         */
        get: operations["getSignal"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/signals/{signal_id}/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Explain Signal
         * @description Replay a live signal from its capsule; it must arrive at the same bits.
         */
        get: operations["explainSignal"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Events
         * @description List what happened, newest first.
         */
        get: operations["listEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/data/quality": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Data Quality
         * @description Measure how complete and fresh the data is; the quarantine and the providers with it.
         */
        get: operations["getDataQuality"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/drift": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Drift
         * @description List how the features have moved from what models were trained on, newest first.
         */
        get: operations["listDrift"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/parity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Parity
         * @description List the comparisons of live's features with those of the stored bars, newest first.
         */
        get: operations["listParity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/quarantine": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Quarantine
         * @description List the refused rows, newest first.
         */
        get: operations["listQuarantine"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/quarantine/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Release Quarantined
         * @description Store what refused rows hold: all of them, or none.
         */
        post: operations["releaseQuarantined"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/quarantine/drop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Drop Quarantined
         * @description Mark refused rows as dropped for good.
         */
        post: operations["dropQuarantined"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/bars": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Bars
         * @description Give the newest closed bars of a span, ascending; the cursor goes back in time.
         */
        get: operations["listBars"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/features": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Features
         * @description Give the raw features of a bar as they were computed: live's, where live decided on it.
         */
        get: operations["getFeatures"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/macro": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Macro
         * @description Give the newest value of each macro series that was known at a moment.
         */
        get: operations["getMacro"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/data/calendar": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Data Calendar
         * @description Give what is stored and what is missing of each day of a span, up to six years at once.
         */
        get: operations["getDataCalendar"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/macro/freshness": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Macro Freshness
         * @description Give the age of each macro series' newest value, and the age that it may have.
         */
        get: operations["getMacroFreshness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/drift/histograms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Drift Histograms
         * @description Give each feature's distribution in training and live, with the newest drift reading.
         */
        get: operations["getDriftHistograms"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/risk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Risk
         * @description Give limits and their use, of every live book and of the account.
         */
        get: operations["getRisk"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/kill-switch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Kill Switch
         * @description Give the kill switch.
         */
        get: operations["getKillSwitch"];
        /**
         * Put Kill Switch
         * @description Throw the kill switch or release it; while it is on, every book is flat.
         */
        put: operations["putKillSwitch"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/risk/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume Book
         * @description Let a book trade again that its drawdown has stopped; its peak is then what it has.
         */
        post: operations["resumeBook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/inference": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Infer
         * @description Ask a model about the bar that was the newest closed one at a moment.
         *
         *     The answer comes from stored bars, with the features that live trading computes, and has no
         *     effect: no client can choose what is traded.
         */
        post: operations["infer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/backtest/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replay a model over recorded bars
         * @description Stream what a registered model decides over recorded bars, on the path that trades.
         *
         *     The figures are those of `cambio backtest`, bit for bit, and like it this is a look at the
         *     window: the trial ledger records it, and the gate grows stricter for everybody. So it takes an
         *     operator. Looking twice at the same thing is one look.
         *
         *     Events are numbered from 1. Asking again with `Last-Event-ID` goes on after that event, as long
         *     as no bar of the window was revised in between.
         */
        post: operations["replayModel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow live trading
         * @description Stream signals, trades, account marks and notices as the engine commits them.
         *
         *     An event's id is its id in `events`: who asks with `Last-Event-ID`, or `?after=` at first, gets
         *     everything that followed, once and in order, from the database where need be; who does not
         *     gets what comes from now on. `stale`, `live` and `gap` have no id: the stream says with them
         *     that the database is away, is back, or no longer holds what was asked for.
         */
        get: operations["followEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * AbGrowth
         * @description What one unit of capital became, at the close of each session.
         * @example {
         *       "account": [
         *         1,
         *         1.003
         *       ],
         *       "control": [
         *         1.001,
         *         1.002
         *       ],
         *       "treatment": [
         *         0.999,
         *         1.004
         *       ]
         *     }
         */
        AbGrowth: {
            /**
             * Control
             * @description Of the control.
             */
            control: number[];
            /**
             * Treatment
             * @description Of the treatment.
             */
            treatment: number[];
            /**
             * Account
             * @description Of the capital that is split between them and never evened out.
             */
            account: number[];
        };
        /**
         * AbTest
         * @description What an A/B test found.
         * @example {
         *       "ab_test": "gamma",
         *       "account": {
         *         "sharpe_ratio": {
         *           "high": 2.6,
         *           "low": -0.91,
         *           "value": 0.84
         *         }
         *       },
         *       "changes": {
         *         "training.gamma": [
         *           0.99,
         *           0.995
         *         ]
         *       },
         *       "created_at": "2026-01-05T15:12:00Z",
         *       "days": [
         *         "2025-07-01",
         *         "2025-07-02"
         *       ],
         *       "growth": {
         *         "account": [
         *           1,
         *           1.003
         *         ],
         *         "control": [
         *           1.001,
         *           1.002
         *         ],
         *         "treatment": [
         *           0.999,
         *           1.004
         *         ]
         *       },
         *       "name": "ab-gamma",
         *       "notices": [],
         *       "paired": {
         *         "block": 2.4,
         *         "difference": 0.4,
         *         "interval": {
         *           "high": 1.9,
         *           "level": 0.95,
         *           "low": -1.1
         *         },
         *         "p_value": 0.31,
         *         "probability": 0.68,
         *         "sessions": 121
         *       },
         *       "sequence": {
         *         "alpha": 0.05,
         *         "difference": [
         *           0,
         *           0.4
         *         ],
         *         "high": [
         *           null,
         *           2.9
         *         ],
         *         "low": [
         *           null,
         *           -2.1
         *         ],
         *         "sessions": 2
         *       },
         *       "sessions": 2,
         *       "trials": 6,
         *       "variants": [
         *         {
         *           "experiment": "baseline_ppo_v1",
         *           "metrics": {
         *             "sharpe_ratio": {
         *               "high": 2.6,
         *               "low": -0.91,
         *               "value": 0.84
         *             }
         *           },
         *           "name": "control",
         *           "secondary": {
         *             "win_rate": {
         *               "high": 2.6,
         *               "interval_of": "seeds",
         *               "low": -0.91,
         *               "value": 0.84
         *             }
         *           },
         *           "seeds": [
         *             {
         *               "model_id": "ppo_v21-s42",
         *               "seed": 42,
         *               "sharpe_ratio": 0.8,
         *               "total_return": 0.04
         *             }
         *           ],
         *           "traffic": 0.5
         *         },
         *         {
         *           "experiment": "gamma_ppo_v1",
         *           "metrics": {
         *             "sharpe_ratio": {
         *               "high": 2.6,
         *               "low": -0.91,
         *               "value": 0.84
         *             }
         *           },
         *           "name": "treatment",
         *           "secondary": {
         *             "win_rate": {
         *               "high": 2.6,
         *               "interval_of": "seeds",
         *               "low": -0.91,
         *               "value": 0.84
         *             }
         *           },
         *           "seeds": [
         *             {
         *               "model_id": "ppo_v21-s42",
         *               "seed": 42,
         *               "sharpe_ratio": 0.8,
         *               "total_return": 0.04
         *             }
         *           ],
         *           "traffic": 0.5
         *         }
         *       ],
         *       "verdict": "No difference shown after 2 sessions.",
         *       "window": {
         *         "end": "2025-12-31",
         *         "start": "2025-07-01"
         *       }
         *     }
         */
        AbTest: {
            /**
             * Name
             * @description Of the record, and of the page among the reports.
             */
            name: string;
            /**
             * Created At
             * Format: date-time
             * @description When the run ended.
             */
            created_at: string;
            /**
             * Ab Test
             * @description The test's own name.
             */
            ab_test: string;
            /** @description Its sessions. */
            window: components["schemas"]["Window"];
            /**
             * Sessions
             * @description How many.
             */
            sessions: number;
            /**
             * Days
             * @description The sessions.
             */
            days: string[];
            /**
             * Verdict
             * @description In words.
             */
            verdict: string;
            /**
             * Winner
             * @description The better variant's name; null while no difference is shown.
             */
            winner: string | null;
            /**
             * Concluded On
             * @description First session after which it was shown.
             */
            concluded_on: string | null;
            /**
             * Changes
             * @description What the two experiments differ in, by dotted key: control's value, treatment's.
             */
            changes: {
                [key: string]: unknown[];
            };
            /**
             * Variants
             * @description Control and treatment.
             */
            variants: components["schemas"]["AbVariant"][];
            /** @description What decides. */
            sequence: components["schemas"]["ConfidenceSequence"];
            /** @description Of both and of the account. */
            growth: components["schemas"]["AbGrowth"];
            /** @description The same difference for who looks once, at the end. */
            paired: components["schemas"]["Paired"];
            /**
             * Account
             * @description Metrics of the split capital.
             */
            account: {
                [key: string]: components["schemas"]["Figure"];
            };
            /**
             * Trials
             * @description Looks at windows that overlap.
             */
            trials: number;
            /**
             * Notices
             * @description What to know before reading on.
             */
            notices: string[];
        };
        /**
         * AbTestPage
         * @description A/B tests, the newest run first; of one test the newest run alone.
         * @example {
         *       "items": [
         *         {
         *           "ab_test": "gamma",
         *           "account": {
         *             "sharpe_ratio": {
         *               "high": 2.6,
         *               "low": -0.91,
         *               "value": 0.84
         *             }
         *           },
         *           "changes": {
         *             "training.gamma": [
         *               0.99,
         *               0.995
         *             ]
         *           },
         *           "created_at": "2026-01-05T15:12:00Z",
         *           "days": [
         *             "2025-07-01",
         *             "2025-07-02"
         *           ],
         *           "growth": {
         *             "account": [
         *               1,
         *               1.003
         *             ],
         *             "control": [
         *               1.001,
         *               1.002
         *             ],
         *             "treatment": [
         *               0.999,
         *               1.004
         *             ]
         *           },
         *           "name": "ab-gamma",
         *           "notices": [],
         *           "paired": {
         *             "block": 2.4,
         *             "difference": 0.4,
         *             "interval": {
         *               "high": 1.9,
         *               "level": 0.95,
         *               "low": -1.1
         *             },
         *             "p_value": 0.31,
         *             "probability": 0.68,
         *             "sessions": 121
         *           },
         *           "sequence": {
         *             "alpha": 0.05,
         *             "difference": [
         *               0,
         *               0.4
         *             ],
         *             "high": [
         *               null,
         *               2.9
         *             ],
         *             "low": [
         *               null,
         *               -2.1
         *             ],
         *             "sessions": 2
         *           },
         *           "sessions": 2,
         *           "trials": 6,
         *           "variants": [
         *             {
         *               "experiment": "baseline_ppo_v1",
         *               "metrics": {
         *                 "sharpe_ratio": {
         *                   "high": 2.6,
         *                   "low": -0.91,
         *                   "value": 0.84
         *                 }
         *               },
         *               "name": "control",
         *               "secondary": {
         *                 "win_rate": {
         *                   "high": 2.6,
         *                   "interval_of": "seeds",
         *                   "low": -0.91,
         *                   "value": 0.84
         *                 }
         *               },
         *               "seeds": [
         *                 {
         *                   "model_id": "ppo_v21-s42",
         *                   "seed": 42,
         *                   "sharpe_ratio": 0.8,
         *                   "total_return": 0.04
         *                 }
         *               ],
         *               "traffic": 0.5
         *             },
         *             {
         *               "experiment": "gamma_ppo_v1",
         *               "metrics": {
         *                 "sharpe_ratio": {
         *                   "high": 2.6,
         *                   "low": -0.91,
         *                   "value": 0.84
         *                 }
         *               },
         *               "name": "treatment",
         *               "secondary": {
         *                 "win_rate": {
         *                   "high": 2.6,
         *                   "interval_of": "seeds",
         *                   "low": -0.91,
         *                   "value": 0.84
         *                 }
         *               },
         *               "seeds": [
         *                 {
         *                   "model_id": "ppo_v21-s42",
         *                   "seed": 42,
         *                   "sharpe_ratio": 0.8,
         *                   "total_return": 0.04
         *                 }
         *               ],
         *               "traffic": 0.5
         *             }
         *           ],
         *           "verdict": "No difference shown after 2 sessions.",
         *           "window": {
         *             "end": "2025-12-31",
         *             "start": "2025-07-01"
         *           }
         *         }
         *       ],
         *       "unreadable": []
         *     }
         */
        AbTestPage: {
            /**
             * Next Cursor
             * @description What `cursor` takes for the part that follows; null on the last one.
             */
            next_cursor: string | null;
            /**
             * Unreadable
             * @description Records that can't be read, of another version maybe: running the same again mends them.
             */
            unreadable: string[];
            /**
             * Items
             * @description The tests.
             */
            items: components["schemas"]["AbTest"][];
        };
        /**
         * AbVariant
         * @description A side of an A/B test: the equal-weight mean of its seeds.
         * @example {
         *       "experiment": "baseline_ppo_v1",
         *       "metrics": {
         *         "sharpe_ratio": {
         *           "high": 2.6,
         *           "low": -0.91,
         *           "value": 0.84
         *         }
         *       },
         *       "name": "control",
         *       "secondary": {
         *         "win_rate": {
         *           "high": 2.6,
         *           "interval_of": "seeds",
         *           "low": -0.91,
         *           "value": 0.84
         *         }
         *       },
         *       "seeds": [
         *         {
         *           "model_id": "ppo_v21-s42",
         *           "seed": 42,
         *           "sharpe_ratio": 0.8,
         *           "total_return": 0.04
         *         }
         *       ],
         *       "traffic": 0.5
         *     }
         */
        AbVariant: {
            /**
             * Name
             * @description In the test.
             */
            name: string;
            /**
             * Experiment
             * @description That it is.
             */
            experiment: string;
            /**
             * Traffic
             * @description Share of the capital.
             */
            traffic: number;
            /**
             * Metrics
             * @description With bootstrap intervals.
             */
            metrics: {
                [key: string]: components["schemas"]["Figure"];
            };
            /**
             * Secondary
             * @description What the test asked to see besides.
             */
            secondary: {
                [key: string]: components["schemas"]["SecondaryFigure"];
            };
            /**
             * Seeds
             * @description One by one.
             */
            seeds: components["schemas"]["VariantSeed"][];
        };
        /**
         * AccountEvent
         * @description `{type: "account", data: {...}}`.
         */
        AccountEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "account";
            data: components["schemas"]["AccountMark"];
        };
        /**
         * AccountMark
         * @description A live bar, and the account behind all funded books marked at its close.
         */
        AccountMark: {
            /**
             * Timestamp
             * Format: date-time
             */
            timestamp: string;
            /** Open */
            open: number;
            /** High */
            high: number;
            /** Low */
            low: number;
            /** Close */
            close: number;
            /** Equity */
            equity: number;
            /** Exposure */
            exposure: number;
            /** Shares */
            shares: {
                [key: string]: number;
            };
            /** Late */
            late: boolean;
        };
        /**
         * AccountRisk
         * @description What may be lost, and what was.
         * @example {
         *       "daily_loss": 0.0041,
         *       "daily_loss_breached": false,
         *       "drawdown": 0.0267,
         *       "drawdown_breached": false,
         *       "equity": 10132.4,
         *       "peak": 10410
         *     }
         */
        AccountRisk: {
            /**
             * Equity
             * @description At the newest close, account currency.
             */
            equity: number;
            /**
             * Peak
             * @description The highest equity.
             */
            peak: number;
            /**
             * Drawdown
             * @description Below the peak, as a fraction of it.
             */
            drawdown: number;
            /**
             * Drawdown Breached
             * @description It latches: only an operator lets the book trade again.
             */
            drawdown_breached: boolean;
            /**
             * Daily Loss
             * @description Below the equity at the previous session's close, as a fraction; negative: a gain.
             */
            daily_loss: number;
            /**
             * Daily Loss Breached
             * @description In the newest bar's session, which stays flat then.
             */
            daily_loss_breached: boolean;
        };
        /**
         * Alive
         * @description That the process answers.
         */
        Alive: {
            /**
             * Status
             * @default ok
             * @constant
             */
            status: "ok";
        };
        /**
         * AuditEntry
         * @description A row of the audit log.
         * @example {
         *       "action": "model:promoted",
         *       "actor": "ada",
         *       "data": {
         *         "after": {
         *           "stage": "production"
         *         },
         *         "before": {
         *           "stage": "staging"
         *         }
         *       },
         *       "sealed": true,
         *       "seq": 12,
         *       "subject": "ppo_v20-s42",
         *       "time": "2025-01-10T15:00:00Z"
         *     }
         */
        AuditEntry: {
            /**
             * Seq
             * @description Its number.
             */
            seq: number;
            /**
             * Time
             * @description When; null where somebody wrote what is no time.
             */
            time: string | null;
            /**
             * Actor
             * @description An account, `cambio` for the product itself, or `sql...` for SQL from outside.
             */
            actor: string;
            /**
             * Action
             * @description What happened, as `subject:action`.
             */
            action: string;
            /**
             * Subject
             * @description To what: a proposal, model, deployment, control or account.
             */
            subject: string;
            /**
             * Data
             * @description The audited fields before and after.
             */
            data: {
                [key: string]: unknown;
            };
            /**
             * Sealed
             * @description Whether it is part of the hash chain.
             */
            sealed: boolean;
        };
        /**
         * AuditFinding
         * @description One thing that is wrong with the audit log.
         * @example {
         *       "flaw": "edited",
         *       "seq": 7,
         *       "what": "Row 7 was edited."
         *     }
         */
        AuditFinding: {
            /** @description Its kind. */
            flaw: components["schemas"]["Flaw"];
            /**
             * Seq
             * @description Of the row; null where it is not about one.
             */
            seq: number | null;
            /**
             * What
             * @description What was found, in words.
             */
            what: string;
        };
        /**
         * AuditPage
         * @description Rows of the audit log, newest first.
         * @example {
         *       "items": [
         *         {
         *           "action": "model:promoted",
         *           "actor": "ada",
         *           "data": {
         *             "after": {
         *               "stage": "production"
         *             },
         *             "before": {
         *               "stage": "staging"
         *             }
         *           },
         *           "sealed": true,
         *           "seq": 12,
         *           "subject": "ppo_v20-s42",
         *           "time": "2025-01-10T15:00:00Z"
         *         }
         *       ]
         *     }
         */
        AuditPage: {
            /**
             * Next Cursor
             * @description What `cursor` takes for the part that follows; null on the last one.
             */
            next_cursor: string | null;
            /**
             * Items
             * @description The rows.
             */
            items: components["schemas"]["AuditEntry"][];
        };
        /**
         * AuditVerification
         * @description Whether the audit log is whole.
         * @example {
         *       "findings": [
         *         {
         *           "flaw": "edited",
         *           "seq": 7,
         *           "what": "Row 7 was edited."
         *         }
         *       ],
         *       "head": "12:abababababababababababababababababababababababababababababababab",
         *       "passed": false,
         *       "rows": 12
         *     }
         */
        AuditVerification: {
            /**
             * Passed
             * @description Whether nothing was found.
             */
            passed: boolean;
            /**
             * Rows
             * @description Of the log.
             */
            rows: number;
            /**
             * Head
             * @description SEQ:HASH of the chain's end. Who keeps it elsewhere can prove later what came before.
             */
            head: string | null;
            /**
             * Findings
             * @description What is wrong.
             */
            findings: components["schemas"]["AuditFinding"][];
        };
        /**
         * Bar
         * @description A closed 5-minute bar.
         * @example {
         *       "close": 4312.5,
         *       "high": 4314.2,
         *       "low": 4309.1,
         *       "open": 4310,
         *       "source": "twelvedata",
         *       "time": "2025-01-15T13:55:00Z",
         *       "volume": 0
         *     }
         */
        Bar: {
            /**
             * Time
             * Format: date-time
             * @description Its open.
             */
            time: string;
            /**
             * Open
             * @description COP per USD, as the other prices are.
             */
            open: number;
            /**
             * High
             * @description The highest price.
             */
            high: number;
            /**
             * Low
             * @description The lowest price.
             */
            low: number;
            /**
             * Close
             * @description The last price.
             */
            close: number;
            /**
             * Volume
             * @description As the source gave it; 0 of most.
             */
            volume: number;
            /**
             * Source
             * @description Where it came from.
             */
            source: string;
        };
        /**
         * BarEvent
         * @description `{type: "bar", data: {...}}`.
         */
        BarEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "bar";
            data: components["schemas"]["BarMark"];
        };
        /**
         * BarMark
         * @description A bar, and the book marked at its close.
         */
        BarMark: {
            /**
             * Timestamp
             * Format: date-time
             */
            timestamp: string;
            /** Open */
            open: number;
            /** High */
            high: number;
            /** Low */
            low: number;
            /** Close */
            close: number;
            /** Equity */
            equity: number;
            /**
             * Position
             * @enum {string}
             */
            position: "LONG" | "FLAT" | "SHORT";
        };
        /**
         * BarPage
         * @description Bars, ascending; `next_cursor` leads to older ones.
         * @example {
         *       "items": [
         *         {
         *           "close": 4312.5,
         *           "high": 4314.2,
         *           "low": 4309.1,
         *           "open": 4310,
         *           "source": "twelvedata",
         *           "time": "2025-01-15T13:55:00Z",
         *           "volume": 0
         *         }
         *       ]
         *     }
         */
        BarPage: {
            /**
             * Next Cursor
             * @description What `cursor` takes for the part that follows; null on the last one.
             */
            next_cursor: string | null;
            /**
             * Items
             * @description The bars.
             */
            items: components["schemas"]["Bar"][];
        };
        /**
         * BarsQuality
         * @description How complete and how fresh the bars are.
         * @example {
         *       "behind": 0,
         *       "newest": "2025-01-15T13:55:00Z",
         *       "overall": {
         *         "absent": 40,
         *         "expected": 71700,
         *         "never_asked": 0,
         *         "rate": 0.0006,
         *         "refused": 1,
         *         "sessions": 1195
         *       },
         *       "recent": {
         *         "absent": 3,
         *         "expected": 1200,
         *         "never_asked": 0,
         *         "rate": 0.0033,
         *         "refused": 1,
         *         "sessions": 20
         *       }
         *     }
         */
        BarsQuality: {
            /**
             * Newest
             * @description Open of the newest bar.
             */
            newest: string | null;
            /**
             * Behind
             * @description Session bars that closed since; null where no bar is stored.
             */
            behind: number | null;
            /** @description Of the last 20 sessions. */
            recent: components["schemas"]["GapRate"];
            /** @description Since the first bar. */
            overall: components["schemas"]["GapRate"];
        };
        /**
         * BetterCells
         * @description How many of the cells were better than what, by Sharpe ratio at the costs as they are.
         * @example {
         *       "above_buy_and_hold": 14,
         *       "above_random": 2,
         *       "above_zero": 17,
         *       "cells": 30
         *     }
         */
        BetterCells: {
            /**
             * Cells
             * @description All of them.
             */
            cells: number;
            /**
             * Above Zero
             * @description With a Sharpe ratio above 0.
             */
            above_zero: number;
            /**
             * Above Buy And Hold
             * @description Better than buying and holding.
             */
            above_buy_and_hold: number;
            /**
             * Above Random
             * @description Above the 95th percentile of the cell's own random traders.
             */
            above_random: number;
        };
        /**
         * BookRisk
         * @description The same of a model's book, and what else limits it.
         * @example {
         *       "consecutive_losses": 1,
         *       "daily_loss": 0.0041,
         *       "daily_loss_breached": false,
         *       "drawdown": 0.0267,
         *       "drawdown_breached": false,
         *       "equity": 10132.4,
         *       "model_id": "ppo_v20-s42",
         *       "peak": 10410,
         *       "position": 1,
         *       "role": "champion",
         *       "trades_today": 3
         *     }
         */
        BookRisk: {
            /**
             * Equity
             * @description At the newest close, account currency.
             */
            equity: number;
            /**
             * Peak
             * @description The highest equity.
             */
            peak: number;
            /**
             * Drawdown
             * @description Below the peak, as a fraction of it.
             */
            drawdown: number;
            /**
             * Drawdown Breached
             * @description It latches: only an operator lets the book trade again.
             */
            drawdown_breached: boolean;
            /**
             * Daily Loss
             * @description Below the equity at the previous session's close, as a fraction; negative: a gain.
             */
            daily_loss: number;
            /**
             * Daily Loss Breached
             * @description In the newest bar's session, which stays flat then.
             */
            daily_loss_breached: boolean;
            /**
             * Model Id
             * @description Whose book.
             */
            model_id: string;
            /** @description What the model does; null: it is about to be closed. */
            role: components["schemas"]["cambio__contracts__deployment__Role"] | null;
            /**
             * Position
             * @description What is held: −1, 0 or 1.
             */
            position: number;
            /**
             * Trades Today
             * @description Changes of the position in the newest bar's session.
             */
            trades_today: number;
            /**
             * Consecutive Losses
             * @description Losing trades in a row.
             */
            consecutive_losses: number;
            /**
             * Breaker Until
             * @description Until when they stop new ones; null: they don't.
             */
            breaker_until: string | null;
        };
        /**
         * CalendarDay
         * @description The bars of one date in Bogota.
         * @example {
         *       "close_only": 2,
         *       "day": "2025-01-14",
         *       "expected": 60,
         *       "gaps": [
         *         {
         *           "bars": 3,
         *           "first": "2025-01-14T14:00:00Z",
         *           "last": "2025-01-14T14:10:00Z"
         *         }
         *       ],
         *       "quarantined": 0,
         *       "repaired": 1,
         *       "stored": 57
         *     }
         */
        CalendarDay: {
            /**
             * Day
             * Format: date
             * @description A trading day, or another date with bars or refused ones.
             */
            day: string;
            /**
             * Expected
             * @description Bars that had closed: 60 of a whole session, 0 of a day without one.
             */
            expected: number;
            /**
             * Stored
             * @description Bars that are there, whether they were expected or not.
             */
            stored: number;
            /**
             * Close Only
             * @description Of the stored, those whose four prices are the same: the source knew the close alone.
             */
            close_only: number;
            /**
             * Repaired
             * @description Of the stored, those that took the place of other values; the older ones are kept.
             */
            repaired: number;
            /**
             * Quarantined
             * @description Bars that were refused and have not been released.
             */
            quarantined: number;
            /**
             * Gaps
             * @description What is missing, ascending.
             */
            gaps: components["schemas"]["MissingBars"][];
        };
        /**
         * CampaignRates
         * @description What a researcher sees who judges many policies without edge on one window.
         * @example {
         *       "campaigns": {
         *         "hits": 3,
         *         "interval": [
         *           0.0016,
         *           0.0218
         *         ],
         *         "rate": 0.0075,
         *         "runs": 400
         *       },
         *       "family": "rules",
         *       "first": {
         *         "hits": 3,
         *         "interval": [
         *           0.0016,
         *           0.0218
         *         ],
         *         "rate": 0.0075,
         *         "runs": 400
         *       },
         *       "last": {
         *         "hits": 3,
         *         "interval": [
         *           0.0016,
         *           0.0218
         *         ],
         *         "rate": 0.0075,
         *         "runs": 400
         *       },
         *       "length": 20,
         *       "proposals": {
         *         "hits": 3,
         *         "interval": [
         *           0.0016,
         *           0.0218
         *         ],
         *         "rate": 0.0075,
         *         "runs": 400
         *       },
         *       "sessions": 480
         *     }
         */
        CampaignRates: {
            /**
             * Family
             * @description Of the policies.
             */
            family: string;
            /**
             * Sessions
             * @description Of the window.
             */
            sessions: number;
            /**
             * Length
             * @description Proposals of a campaign.
             */
            length: number;
            /** @description Of all proposals. */
            proposals: components["schemas"]["PromotionRate"];
            /** @description Of the first ones. */
            first: components["schemas"]["PromotionRate"];
            /** @description Of the last ones. */
            last: components["schemas"]["PromotionRate"];
            /** @description With at least one promotion. */
            campaigns: components["schemas"]["PromotionRate"];
        };
        /**
         * Challenger
         * @description The challenger, and how it compares with the champion at its present share.
         * @example {
         *       "deployment_id": 3,
         *       "high": 3.4,
         *       "low": -1.9,
         *       "model_id": "ppo_v21-s7",
         *       "move": "keep",
         *       "next_share": 0.1,
         *       "role": "challenger",
         *       "sessions": 12,
         *       "share": 0.1,
         *       "sharpe_difference": 0.8,
         *       "started_at": "2025-02-03T15:00:00Z",
         *       "started_by": "ada",
         *       "status": "RUNNING",
         *       "stepped_at": "2025-02-03T15:00:00Z",
         *       "verdict": "12 of 20 sessions at 10% of the capital: too few."
         *     }
         */
        Challenger: {
            /**
             * Deployment Id
             * @description Its number.
             */
            deployment_id: number;
            /**
             * Model Id
             * @description Who it is.
             */
            model_id: string;
            /** @description `challenger`, or `shadow`, which holds nothing. */
            role: components["schemas"]["cambio__contracts__deployment__Role"];
            /**
             * Share
             * @description Of the capital, in [0, 1].
             */
            share: number;
            /** @description Whether it runs, or how it ended. */
            status: components["schemas"]["Status"];
            /**
             * Started By
             * @description The account, or `cambio` for the product itself.
             */
            started_by: string;
            /**
             * Started At
             * Format: date-time
             * @description When it began.
             */
            started_at: string;
            /**
             * Stepped At
             * Format: date-time
             * @description When it got its present share: what is compared begins then.
             */
            stepped_at: string;
            /**
             * Ended By
             * @description The account, or `cambio` for the product itself.
             */
            ended_by: string | null;
            /**
             * Ended At
             * @description When it ended.
             */
            ended_at: string | null;
            /**
             * Reason
             * @description Why it ended.
             */
            reason: string | null;
            /**
             * Sessions
             * @description In which both traded throughout.
             */
            sessions: number;
            /**
             * Sharpe Difference
             * @description Annual Sharpe ratio, challenger minus champion; null where it can't be told.
             */
            sharpe_difference: number | null;
            /**
             * Low
             * @description Of the interval that may be looked at after every session; null: unbounded.
             */
            low: number | null;
            /**
             * High
             * @description The other end of it.
             */
            high: number | null;
            /** @description What becomes of it now. */
            move: components["schemas"]["Move"];
            /**
             * Next Share
             * @description Of the capital, after that.
             */
            next_share: number;
            /**
             * Verdict
             * @description Why, in words.
             */
            verdict: string;
        };
        /**
         * Champion
         * @description Who trades.
         * @example {
         *       "model": {
         *         "approved_at": "2025-01-10T15:00:00Z",
         *         "approved_by": "ada",
         *         "created_at": "2025-01-08T21:30:00Z",
         *         "experiment_name": "ppo_v20",
         *         "is_active": true,
         *         "lineage": {
         *           "feature_order_hash": "ddc9d7cdba81ab3d",
         *           "training_end": "2023-12-31",
         *           "training_start": "2020-03-01"
         *         },
         *         "metrics": {
         *           "best_validation_reward": 0.42
         *         },
         *         "model_hash": "9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c",
         *         "model_id": "ppo_v20-s42",
         *         "promoted_at": "2025-01-10T15:00:00Z",
         *         "stage": "production"
         *       }
         *     }
         */
        Champion: {
            /** @description The active production model; null while there is none. */
            model: components["schemas"]["ModelDetail"] | null;
        };
        /**
         * ChampionShare
         * @description The champion, and the share of the capital that no challenger has.
         * @example {
         *       "approved_by": "ada",
         *       "experiment_name": "ppo_v20",
         *       "model_id": "ppo_v20-s42",
         *       "promoted_at": "2025-01-10T15:00:00Z",
         *       "share": 0.9
         *     }
         */
        ChampionShare: {
            /**
             * Model Id
             * @description Who it is.
             */
            model_id: string;
            /**
             * Experiment Name
             * @description The experiment that trained it.
             */
            experiment_name: string;
            /**
             * Approved By
             * @description The account that approved it.
             */
            approved_by: string | null;
            /**
             * Promoted At
             * @description When it became champion.
             */
            promoted_at: string | null;
            /**
             * Share
             * @description Of the capital, in [0, 1].
             */
            share: number;
        };
        /**
         * Change
         * @description A setting that differs from the nearest base's.
         * @example {
         *       "base": 0.99,
         *       "key": "training.gamma",
         *       "own": 0.995
         *     }
         */
        Change: {
            /**
             * Key
             * @description Where it stands, with dots.
             */
            key: string;
            /**
             * Base
             * @description The base's value.
             */
            base: unknown;
            /**
             * Own
             * @description This experiment's.
             */
            own: unknown;
        };
        /**
         * ComparedExperiment
         * @description One experiment of a comparison, as its newest recorded run left it.
         * @example {
         *       "evaluated_at": "2026-01-05T15:12:00Z",
         *       "growth": [
         *         1.002,
         *         1.004
         *       ],
         *       "lineage": {
         *         "dataset_hash": "7ca21934d0f1e2a3"
         *       },
         *       "metrics": {
         *         "sharpe_ratio": {
         *           "high": 2.6,
         *           "low": -0.91,
         *           "value": 0.84
         *         }
         *       },
         *       "model_id": "ppo_v21-s42",
         *       "name": "baseline_ppo_v1",
         *       "recommendation": "REVIEW",
         *       "status": "PENDING_APPROVAL",
         *       "window": {
         *         "end": "2025-12-31",
         *         "start": "2025-07-01"
         *       }
         *     }
         */
        ComparedExperiment: {
            /**
             * Name
             * @description Of the experiment.
             */
            name: string;
            /**
             * Model Id
             * @description That stands for it.
             */
            model_id: string;
            /** @description That it was judged on. */
            window: components["schemas"]["Window"];
            /**
             * Evaluated At
             * Format: date-time
             * @description When.
             */
            evaluated_at: string;
            /**
             * Recommendation
             * @description The first vote; null where it came to none.
             */
            recommendation: string | null;
            /**
             * Status
             * @description Of the vote's proposal.
             */
            status: string | null;
            /**
             * Metrics
             * @description On the common sessions.
             */
            metrics: {
                [key: string]: components["schemas"]["Figure"];
            };
            /** @description Null for the first itself. */
            against_first: components["schemas"]["Paired"] | null;
            /**
             * Lineage
             * @description Of the model; empty where it is in no registry.
             */
            lineage: {
                [key: string]: unknown;
            };
            /**
             * Growth
             * @description What one unit became, at the close of each common session.
             */
            growth: number[];
        };
        /**
         * ConfidenceSequence
         * @description The difference in annual Sharpe ratio after each session, treatment minus control.
         *
         *     All intervals hold together: one may look at any time, and stop at any.
         * @example {
         *       "alpha": 0.05,
         *       "difference": [
         *         0,
         *         0.4
         *       ],
         *       "high": [
         *         null,
         *         2.9
         *       ],
         *       "low": [
         *         null,
         *         -2.1
         *       ],
         *       "sessions": 2
         *     }
         */
        ConfidenceSequence: {
            /**
             * Sessions
             * @description How many.
             */
            sessions: number;
            /**
             * Alpha
             * @description Chance that a winner is ever named where there is none.
             */
            alpha: number;
            /**
             * Difference
             * @description After each session; null where it is no number.
             */
            difference: (number | null)[];
            /**
             * Low
             * @description Lower end; null before the first interval.
             */
            low: (number | null)[];
            /**
             * High
             * @description Upper end; null before the first interval.
             */
            high: (number | null)[];
            /**
             * Concluded At
             * @description Index of the first session whose interval lies on one side of 0.
             */
            concluded_at: number | null;
            /**
             * Winner
             * @description Null while no difference is shown.
             */
            winner: ("control" | "treatment") | null;
        };
        /**
         * DataCalendar
         * @description The days of a span, as far as bars can be expected: from the first stored one to now.
         * @example {
         *       "days": [
         *         {
         *           "close_only": 2,
         *           "day": "2025-01-14",
         *           "expected": 60,
         *           "gaps": [
         *             {
         *               "bars": 3,
         *               "first": "2025-01-14T14:00:00Z",
         *               "last": "2025-01-14T14:10:00Z"
         *             }
         *           ],
         *           "quarantined": 0,
         *           "repaired": 1,
         *           "stored": 57
         *         }
         *       ],
         *       "span": {
         *         "end": "2025-01-14",
         *         "start": "2025-01-14"
         *       }
         *     }
         */
        DataCalendar: {
            /** @description The dates that were looked at; null where no bar can be expected. */
            span: components["schemas"]["Window"] | null;
            /**
             * Days
             * @description Ascending.
             */
            days: components["schemas"]["CalendarDay"][];
        };
        /**
         * DataQuality
         * @description The state of the data at one moment.
         * @example {
         *       "alerts": [
         *         {
         *           "measure": "gap_rate",
         *           "text": "2.10 % of the bars of the last 20 sessions are missing.",
         *           "threshold": 0.01,
         *           "value": 0.021
         *         }
         *       ],
         *       "bars": {
         *         "behind": 0,
         *         "newest": "2025-01-15T13:55:00Z",
         *         "overall": {
         *           "absent": 40,
         *           "expected": 71700,
         *           "never_asked": 0,
         *           "rate": 0.0006,
         *           "refused": 1,
         *           "sessions": 1195
         *         },
         *         "recent": {
         *           "absent": 3,
         *           "expected": 1200,
         *           "never_asked": 0,
         *           "rate": 0.0033,
         *           "refused": 1,
         *           "sessions": 20
         *         }
         *       },
         *       "macro": {
         *         "completeness": 0.99,
         *         "series": [
         *           {
         *             "age_s": 61200,
         *             "assumed_lag_s": -6300,
         *             "completeness": 1,
         *             "critical": true,
         *             "newest_period": "2025-01-14",
         *             "observed_lag_s": -9000,
         *             "series": "VIX"
         *           }
         *         ],
         *         "sessions": 20
         *       },
         *       "now": "2025-01-15T14:00:30Z",
         *       "quarantine": [
         *         {
         *           "first": "USDMXN 2026-01-27",
         *           "kind": "macro",
         *           "last": "USDMXN 2026-01-28",
         *           "reason": "unit_jump",
         *           "rows": 2
         *         }
         *       ],
         *       "simulated": false,
         *       "sources": [
         *         {
         *           "error_rate": 0.0164,
         *           "failed_ever": 14,
         *           "failures": 1,
         *           "last_failure": "2025-01-15T13:10:04Z",
         *           "ok_ever": 5120,
         *           "requests": 61,
         *           "source": "twelvedata"
         *         }
         *       ]
         *     }
         */
        DataQuality: {
            /**
             * Now
             * Format: date-time
             * @description When it was measured; of a simulated market, on its own clock.
             */
            now: string;
            /**
             * Simulated
             * @description The market is simulated: nothing can be fetched for it.
             */
            simulated: boolean;
            /** @description Of the bars. */
            bars: components["schemas"]["BarsQuality"];
            /** @description Of the macro series. */
            macro: components["schemas"]["MacroQuality"];
            /**
             * Sources
             * @description Of the providers.
             */
            sources: components["schemas"]["SourceQuality"][];
            /**
             * Alerts
             * @description What is broken.
             */
            alerts: components["schemas"]["QualityAlert"][];
            /**
             * Quarantine
             * @description What was refused and waits for a person.
             */
            quarantine: components["schemas"]["RefusedCount"][];
        };
        /**
         * DataSummary
         * @description What the model learnt from.
         */
        DataSummary: {
            /**
             * Splits
             * @description Of training, validation and test.
             */
            splits: {
                [key: string]: components["schemas"]["Split"];
            };
            /**
             * Notes
             * @description What was left out or filled in, and why.
             */
            notes: string[];
            /**
             * Hashes
             * @description Of the dataset and of what it was made from.
             */
            hashes: {
                [key: string]: string;
            };
        };
        /**
         * Deployment
         * @description A stay of a model beside the champion.
         * @example {
         *       "deployment_id": 3,
         *       "model_id": "ppo_v21-s7",
         *       "role": "challenger",
         *       "share": 0.1,
         *       "started_at": "2025-02-03T15:00:00Z",
         *       "started_by": "ada",
         *       "status": "RUNNING",
         *       "stepped_at": "2025-02-03T15:00:00Z"
         *     }
         */
        Deployment: {
            /**
             * Deployment Id
             * @description Its number.
             */
            deployment_id: number;
            /**
             * Model Id
             * @description Who it is.
             */
            model_id: string;
            /** @description `challenger`, or `shadow`, which holds nothing. */
            role: components["schemas"]["cambio__contracts__deployment__Role"];
            /**
             * Share
             * @description Of the capital, in [0, 1].
             */
            share: number;
            /** @description Whether it runs, or how it ended. */
            status: components["schemas"]["Status"];
            /**
             * Started By
             * @description The account, or `cambio` for the product itself.
             */
            started_by: string;
            /**
             * Started At
             * Format: date-time
             * @description When it began.
             */
            started_at: string;
            /**
             * Stepped At
             * Format: date-time
             * @description When it got its present share: what is compared begins then.
             */
            stepped_at: string;
            /**
             * Ended By
             * @description The account, or `cambio` for the product itself.
             */
            ended_by: string | null;
            /**
             * Ended At
             * @description When it ended.
             */
            ended_at: string | null;
            /**
             * Reason
             * @description Why it ended.
             */
            reason: string | null;
        };
        /**
         * DeploymentReport
         * @description Who trades with which money.
         * @example {
         *       "challenger": {
         *         "deployment_id": 3,
         *         "high": 3.4,
         *         "low": -1.9,
         *         "model_id": "ppo_v21-s7",
         *         "move": "keep",
         *         "next_share": 0.1,
         *         "role": "challenger",
         *         "sessions": 12,
         *         "share": 0.1,
         *         "sharpe_difference": 0.8,
         *         "started_at": "2025-02-03T15:00:00Z",
         *         "started_by": "ada",
         *         "status": "RUNNING",
         *         "stepped_at": "2025-02-03T15:00:00Z",
         *         "verdict": "12 of 20 sessions at 10% of the capital: too few."
         *       },
         *       "champion": {
         *         "approved_by": "ada",
         *         "experiment_name": "ppo_v20",
         *         "model_id": "ppo_v20-s42",
         *         "promoted_at": "2025-01-10T15:00:00Z",
         *         "share": 0.9
         *       },
         *       "ended": [],
         *       "refused": {},
         *       "shadows": []
         *     }
         */
        DeploymentReport: {
            /** @description Null: nobody trades. */
            champion: components["schemas"]["ChampionShare"] | null;
            /** @description Null: none runs. */
            challenger: components["schemas"]["Challenger"] | null;
            /**
             * Shadows
             * @description They decide and hold nothing.
             */
            shadows: components["schemas"]["Deployment"][];
            /**
             * Ended
             * @description The last ones that ended, newest first.
             */
            ended: components["schemas"]["Deployment"][];
            /**
             * Refused
             * @description By model that did not pass the load gate at the engine's last bar, and doesn't trade: why.
             */
            refused: {
                [key: string]: string;
            };
        };
        /**
         * Diagnosed
         * @description What the tests for artefacts come to.
         * @example {
         *       "falls": [],
         *       "finding": "stands",
         *       "rests_on": [
         *         "atr_pct"
         *       ],
         *       "unclear": []
         *     }
         */
        Diagnosed: {
            /** @description `nothing` to explain, `artefact`, `unclear`, or `stands`. */
            finding: components["schemas"]["Finding"];
            /**
             * Falls
             * @description Tests that speak for an artefact.
             */
            falls: string[];
            /**
             * Unclear
             * @description Tests that may.
             */
            unclear: string[];
            /**
             * Rests On
             * @description Features without which the profit falls.
             */
            rests_on: string[];
        };
        /**
         * DriftHistograms
         * @description The distributions that a model's newest drift readings were taken from.
         * @example {
         *       "features": [
         *         {
         *           "alert": true,
         *           "edges": [
         *             -2,
         *             0,
         *             2
         *           ],
         *           "feature": "vix_z",
         *           "ks": 0.31,
         *           "live": [
         *             0.2,
         *             0.8
         *           ],
         *           "p_value": 0.004,
         *           "training": [
         *             0.55,
         *             0.45
         *           ]
         *         }
         *       ],
         *       "live_bars": 1200,
         *       "model_id": "ppo_v20-s42",
         *       "read_at": "2025-01-14T18:05:00Z",
         *       "session": "2025-01-14",
         *       "sessions": 20,
         *       "training_rows": 42000
         *     }
         */
        DriftHistograms: {
            /**
             * Model Id
             * @description Whose training it is.
             */
            model_id: string;
            /**
             * Session
             * Format: date
             * @description The last one of the live window.
             */
            session: string;
            /**
             * Sessions
             * @description Of the live window.
             */
            sessions: number;
            /**
             * Read At
             * Format: date-time
             * @description When the readings were taken.
             */
            read_at: string;
            /**
             * Training Rows
             * @description Complete rows that it was trained on.
             */
            training_rows: number;
            /**
             * Live Bars
             * @description Of the live window.
             */
            live_bars: number;
            /**
             * Features
             * @description The 13 market features, raw.
             */
            features: components["schemas"]["FeatureHistogram"][];
        };
        /**
         * DriftPage
         * @description Drift readings: the newest session first, then by model and feature.
         * @example {
         *       "items": [
         *         {
         *           "alert": true,
         *           "created_at": "2025-01-14T18:05:00Z",
         *           "feature": "vix_z",
         *           "ks": 0.31,
         *           "model_id": "ppo_v20-s42",
         *           "p_value": 0.004,
         *           "session": "2025-01-14",
         *           "sessions": 20
         *         }
         *       ]
         *     }
         */
        DriftPage: {
            /**
             * Next Cursor
             * @description What `cursor` takes for the part that follows; null on the last one.
             */
            next_cursor: string | null;
            /**
             * Items
             * @description The readings.
             */
            items: components["schemas"]["DriftReading"][];
        };
        /**
         * DriftReading
         * @description How far a feature has moved from what the model was trained on.
         * @example {
         *       "alert": true,
         *       "created_at": "2025-01-14T18:05:00Z",
         *       "feature": "vix_z",
         *       "ks": 0.31,
         *       "model_id": "ppo_v20-s42",
         *       "p_value": 0.004,
         *       "session": "2025-01-14",
         *       "sessions": 20
         *     }
         */
        DriftReading: {
            /**
             * Session
             * Format: date
             * @description The last one of the window.
             */
            session: string;
            /**
             * Model Id
             * @description Whose training it is compared with.
             */
            model_id: string;
            /**
             * Feature
             * @description Its name.
             */
            feature: string;
            /**
             * Ks
             * @description Kolmogorov–Smirnov statistic.
             */
            ks: number;
            /**
             * P Value
             * @description Corrected over the features.
             */
            p_value: number;
            /**
             * Sessions
             * @description Of the window.
             */
            sessions: number;
            /**
             * Alert
             * @description Whether it is large, and significant as well.
             */
            alert: boolean;
            /**
             * Created At
             * Format: date-time
             * @description When it was read.
             */
            created_at: string;
        };
        /**
         * EquityCurve
         * @description Equity over time.
         * @example {
         *       "book": "account",
         *       "complete": true,
         *       "points": [
         *         {
         *           "equity": 10132.4,
         *           "exposure": 1,
         *           "time": "2025-01-15T13:55:00Z"
         *         }
         *       ]
         *     }
         */
        EquityCurve: {
            /**
             * Book
             * @description `account`, or a model.
             */
            book: string;
            /**
             * Points
             * @description Ascending.
             */
            points: components["schemas"]["EquityPoint"][];
            /**
             * Complete
             * @description Whether these are all points since `start`; else older ones were left out.
             */
            complete: boolean;
        };
        /**
         * EquityPoint
         * @description A book, or the account, at the close of a bar.
         * @example {
         *       "equity": 10132.4,
         *       "exposure": 1,
         *       "time": "2025-01-15T13:55:00Z"
         *     }
         */
        EquityPoint: {
            /**
             * Time
             * Format: date-time
             * @description Open of the bar.
             */
            time: string;
            /**
             * Equity
             * @description What it was worth.
             */
            equity: number;
            /**
             * Exposure
             * @description What was held: −1, 0 or 1 of a book; of the account, units held over units that all of it
             *     could buy.
             */
            exposure: number;
        };
        /**
         * EventPage
         * @description Events, newest first.
         * @example {
         *       "items": [
         *         {
         *           "data": {
         *             "details": {},
         *             "subject": "ppo_v20-s42",
         *             "text": "It lost 2 % today."
         *           },
         *           "id": 812,
         *           "subject": "ppo_v20-s42",
         *           "time": "2025-01-15T13:55:00Z",
         *           "type": "breach"
         *         }
         *       ]
         *     }
         */
        EventPage: {
            /**
             * Next Cursor
             * @description What `cursor` takes for the part that follows; null on the last one.
             */
            next_cursor: string | null;
            /**
             * Items
             * @description The events.
             */
            items: components["schemas"]["StoredEvent"][];
        };
        /**
         * Evidence
         * @description The backtest that a proposal rests on. Worths are multiples of the capital.
         * @example {
         *       "baseline_metrics": {
         *         "buy_and_hold": {
         *           "sharpe_ratio": -0.2
         *         }
         *       },
         *       "baselines": {
         *         "buy_and_hold": [
         *           0.999,
         *           1.003
         *         ],
         *         "flat": [
         *           1,
         *           1
         *         ]
         *       },
         *       "data": {
         *         "hashes": {
         *           "dataset_hash": "7ca21934d0f1e2a3b4c5d6e7f8091a2b"
         *         },
         *         "notes": [
         *           "Bars are taken as is: 0.0 % of the training bars are close-only."
         *         ],
         *         "splits": {
         *           "train": {
         *             "end": "2024-12-31",
         *             "rows": 28272,
         *             "start": "2023-01-02"
         *           }
         *         }
         *       },
         *       "days": [
         *         "2025-07-01",
         *         "2025-07-02"
         *       ],
         *       "groups": {
         *         "vix": [
         *           {
         *             "name": "low",
         *             "sessions": 2,
         *             "sharpe_ratio": 1.2,
         *             "total_return": 0.01,
         *             "trades": 3
         *           }
         *         ]
         *       },
         *       "hours": [
         *         {
         *           "bars": 24,
         *           "held": 20,
         *           "name": "08 h",
         *           "result": 12.5
         *         }
         *       ],
         *       "metrics": {
         *         "x1": {
         *           "sharpe_ratio": 1.31
         *         }
         *       },
         *       "model_hash": "4c1d4c1d4c1d4c1d4c1d4c1d4c1d4c1d4c1d4c1d4c1d4c1d4c1d4c1d4c1d4c1d",
         *       "months": [
         *         {
         *           "months": [
         *             null,
         *             null,
         *             null,
         *             null,
         *             null,
         *             null,
         *             0.01,
         *             null,
         *             null,
         *             null,
         *             null,
         *             null
         *           ],
         *           "sessions": 2,
         *           "total": 0.01,
         *           "year": 2025
         *         }
         *       ],
         *       "policy": {
         *         "x0": [
         *           1.002,
         *           1.004
         *         ],
         *         "x1": [
         *           1.001,
         *           1.002
         *         ]
         *       },
         *       "proposal_id": "5b0c9a52-6f0e-4d8e-9a3c-0c6a1d7f2e11",
         *       "random": {
         *         "p5": [
         *           0.997,
         *           0.994
         *         ],
         *         "p50": [
         *           0.9995,
         *           0.999
         *         ],
         *         "p95": [
         *           1.002,
         *           1.005
         *         ]
         *       },
         *       "trades": [
         *         [
         *           {
         *             "best": 9,
         *             "hours": 4.5,
         *             "kind": "All",
         *             "mean": 4.2,
         *             "result": 12.5,
         *             "trades": 3,
         *             "win_rate": 0.67,
         *             "worst": -1
         *           }
         *         ]
         *       ],
         *       "trades_hash": "9b2e9b2e9b2e9b2e9b2e9b2e9b2e9b2e9b2e9b2e9b2e9b2e9b2e9b2e9b2e9b2e",
         *       "vix_bounds": [
         *         14.2,
         *         18.9
         *       ]
         *     }
         */
        Evidence: {
            /**
             * Proposal Id
             * @description Whose evidence it is.
             */
            proposal_id: string;
            /**
             * Model Hash
             * @description Of the model that was backtested.
             */
            model_hash: string;
            /**
             * Trades Hash
             * @description Of its trades: two runs that trade alike have the same one.
             */
            trades_hash: string;
            /**
             * Days
             * @description The sessions of the test, ascending.
             */
            days: string[];
            /**
             * Policy
             * @description By multiple of the costs (`x0`, `x1` ...), what the account was worth after each session.
             */
            policy: {
                [key: string]: number[];
            };
            /**
             * Baselines
             * @description By name, the same of what needs no model.
             */
            baselines: {
                [key: string]: number[];
            };
            /**
             * Champion
             * @description The same of the champion of then; null where there was none.
             */
            champion: number[] | null;
            /**
             * Random
             * @description 5th, 50th and 95th percentile (`p5` ...) of random traders who trade as often.
             */
            random: {
                [key: string]: number[];
            };
            /**
             * Metrics
             * @description By multiple of the costs, the policy's metrics.
             */
            metrics: {
                [key: string]: {
                    [key: string]: number | null;
                };
            };
            /**
             * Baseline Metrics
             * @description By name, the baselines'.
             */
            baseline_metrics: {
                [key: string]: {
                    [key: string]: number | null;
                };
            };
            /**
             * Hours
             * @description The result by hour of the session; nights and gaps apart.
             */
            hours: components["schemas"]["Hour"][];
            /**
             * Groups
             * @description The result by `weekday`, and by third of the VIX (`vix`) that each open knew.
             */
            groups: {
                [key: string]: components["schemas"]["SessionGroup"][];
            };
            /**
             * Vix Bounds
             * @description Where its thirds part.
             */
            vix_bounds: (number | null)[];
            /**
             * Months
             * @description The returns by month.
             */
            months: components["schemas"]["YearOfMonths"][];
            /**
             * Trades
             * @description The trades in groups that each add up to all: all, by side, by night, by hour of entry.
             */
            trades: components["schemas"]["TradesOfKind"][][];
            /** @description What it learnt from. */
            data: components["schemas"]["DataSummary"];
        };
        /**
         * ExperimentComparison
         * @description Experiments on the sessions that all of them were judged on.
         * @example {
         *       "days": [
         *         "2025-07-01",
         *         "2025-07-02"
         *       ],
         *       "experiments": [
         *         {
         *           "evaluated_at": "2026-01-05T15:12:00Z",
         *           "growth": [
         *             1.002,
         *             1.004
         *           ],
         *           "lineage": {
         *             "dataset_hash": "7ca21934d0f1e2a3"
         *           },
         *           "metrics": {
         *             "sharpe_ratio": {
         *               "high": 2.6,
         *               "low": -0.91,
         *               "value": 0.84
         *             }
         *           },
         *           "model_id": "ppo_v21-s42",
         *           "name": "baseline_ppo_v1",
         *           "recommendation": "REVIEW",
         *           "status": "PENDING_APPROVAL",
         *           "window": {
         *             "end": "2025-12-31",
         *             "start": "2025-07-01"
         *           }
         *         },
         *         {
         *           "against_first": {
         *             "block": 2.4,
         *             "difference": 0.4,
         *             "interval": {
         *               "high": 1.9,
         *               "level": 0.95,
         *               "low": -1.1
         *             },
         *             "p_value": 0.31,
         *             "probability": 0.68,
         *             "sessions": 121
         *           },
         *           "evaluated_at": "2026-01-05T15:12:00Z",
         *           "growth": [
         *             1.002,
         *             1.004
         *           ],
         *           "lineage": {
         *             "dataset_hash": "7ca21934d0f1e2a3"
         *           },
         *           "metrics": {
         *             "sharpe_ratio": {
         *               "high": 2.6,
         *               "low": -0.91,
         *               "value": 0.84
         *             }
         *           },
         *           "model_id": "ppo_v21-s42",
         *           "name": "gamma_ppo_v1",
         *           "recommendation": "REVIEW",
         *           "status": "PENDING_APPROVAL",
         *           "window": {
         *             "end": "2025-12-31",
         *             "start": "2025-07-01"
         *           }
         *         }
         *       ],
         *       "first_session": "2025-07-01",
         *       "hashes": {
         *         "dataset_hash": [
         *           "7ca21934d0f1e2a3",
         *           "90b1c2d3e4f50617"
         *         ]
         *       },
         *       "last_session": "2025-07-02",
         *       "notices": [
         *         "The code that trained them differs."
         *       ],
         *       "overfitting": {
         *         "degradation": -0.2,
         *         "logits": {
         *           "counts": [
         *             5200,
         *             7670
         *           ],
         *           "values": [
         *             -0.69,
         *             0.69
         *           ]
         *         },
         *         "probability": 0.4,
         *         "probability_of_loss": 0.35,
         *         "splits": 12870,
         *         "variants": 2
         *       },
         *       "parameters": {
         *         "training.gamma": [
         *           0.99,
         *           0.995
         *         ]
         *       },
         *       "sessions": 2,
         *       "trials": 6
         *     }
         */
        ExperimentComparison: {
            /**
             * Sessions
             * @description Common ones.
             */
            sessions: number;
            /**
             * First Session
             * Format: date
             * @description Of them.
             */
            first_session: string;
            /**
             * Last Session
             * Format: date
             * @description Of them.
             */
            last_session: string;
            /**
             * Days
             * @description The common sessions.
             */
            days: string[];
            /**
             * Experiments
             * @description In the order asked for; the first is the reference.
             */
            experiments: components["schemas"]["ComparedExperiment"][];
            /**
             * Parameters
             * @description Settings that differ, by dotted key: the value of each experiment.
             */
            parameters: {
                [key: string]: unknown[];
            };
            /**
             * Hashes
             * @description Hashes of the lineage that differ.
             */
            hashes: {
                [key: string]: unknown[];
            };
            /** @description Null where there are too few sessions. */
            overfitting: components["schemas"]["Overfitting"] | null;
            /**
             * Trials
             * @description Looks at windows that overlap the common sessions, whoever took them.
             */
            trials: number;
            /**
             * Notices
             * @description What keeps a difference from being one of the settings, the gravest first.
             */
            notices: string[];
        };
        /**
         * ExperimentDetail
         * @description The whole resolved configuration of an experiment.
         * @example {
         *       "changes": [
         *         {
         *           "base": 0.99,
         *           "key": "training.gamma",
         *           "own": 0.995
         *         }
         *       ],
         *       "configuration": {
         *         "name": "baseline_ppo_v1",
         *         "training": {
         *           "gamma": 0.995
         *         }
         *       },
         *       "extends": [],
         *       "name": "baseline_ppo_v1"
         *     }
         */
        ExperimentDetail: {
            /**
             * Name
             * @description Of its file.
             */
            name: string;
            /**
             * Extends
             * @description The experiments that it stands on, nearest first.
             */
            extends: string[];
            /**
             * Changes
             * @description What differs from the nearest of them.
             */
            changes: components["schemas"]["Change"][];
            /**
             * Configuration
             * @description Every setting.
             */
            configuration: {
                [key: string]: unknown;
            };
        };
        /**
         * ExperimentPage
         * @description Experiments by name.
         * @example {
         *       "items": [
         *         {
         *           "description": "PPO with the specification's settings.",
         *           "last_run": {
         *             "model_id": "ppo_v21-s42",
         *             "sharpe_ratio": 0.84,
         *             "status": "PENDING_APPROVAL",
         *             "vote": "REVIEW",
         *             "when": "2026-01-05T15:12:00Z"
         *           },
         *           "name": "baseline_ppo_v1",
         *           "protocol": "single_split"
         *         }
         *       ]
         *     }
         */
        ExperimentPage: {
            /**
             * Next Cursor
             * @description What `cursor` takes for the part that follows; null on the last one.
             */
            next_cursor: string | null;
            /**
             * Items
             * @description The experiments.
             */
            items: components["schemas"]["ExperimentRow"][];
        };
        /**
         * ExperimentRow
         * @description One experiment of the configuration folder.
         * @example {
         *       "description": "PPO with the specification's settings.",
         *       "last_run": {
         *         "model_id": "ppo_v21-s42",
         *         "sharpe_ratio": 0.84,
         *         "status": "PENDING_APPROVAL",
         *         "vote": "REVIEW",
         *         "when": "2026-01-05T15:12:00Z"
         *       },
         *       "name": "baseline_ppo_v1",
         *       "protocol": "single_split"
         *     }
         */
        ExperimentRow: {
            /**
             * Name
             * @description Of its file.
             */
            name: string;
            /**
             * Protocol
             * @description `single_split` or `walk_forward`; null where the file isn't right.
             */
            protocol: string | null;
            /**
             * Base
             * @description The experiment that it extends.
             */
            base: string | null;
            /**
             * Description
             * @description What it is for, in its own words.
             */
            description: string;
            /** @description Null where none ran, and of a walk-forward: one cell of it stands for nothing. */
            last_run: components["schemas"]["LastRun"] | null;
        };
        /**
         * Explanation
         * @description A live signal with all that it was made of, decided once more.
         * @example {
         *       "bar": {
         *         "close": 4312.5,
         *         "high": 4314.2,
         *         "low": 4309.1,
         *         "open": 4310
         *       },
         *       "because": [
         *         "the session's trades were used up (max_trades)"
         *       ],
         *       "differences": [],
         *       "features": {
         *         "adx_14": 0.25,
         *         "atr_pct": 0.25,
         *         "brent_change_1d": 0.25,
         *         "dxy_change_1d": 0.25,
         *         "dxy_z": 0.25,
         *         "embi_z": 0.25,
         *         "log_ret_1h": 0.25,
         *         "log_ret_4h": 0.25,
         *         "log_ret_5m": 0.25,
         *         "rate_spread": 0.25,
         *         "rsi_9": 0.25,
         *         "usdmxn_change_1d": 0.25,
         *         "vix_z": 0.25
         *       },
         *       "hashes": {
         *         "model_hash": "9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c"
         *       },
         *       "model_id": "ppo_v20-s42",
         *       "observation": {
         *         "adx_14": 0.25,
         *         "atr_pct": 0.25,
         *         "brent_change_1d": 0.25,
         *         "dxy_change_1d": 0.25,
         *         "dxy_z": 0.25,
         *         "embi_z": 0.25,
         *         "log_ret_1h": 0.25,
         *         "log_ret_4h": 0.25,
         *         "log_ret_5m": 0.25,
         *         "position": 0.25,
         *         "rate_spread": 0.25,
         *         "rsi_9": 0.25,
         *         "time_normalized": 0.25,
         *         "usdmxn_change_1d": 0.25,
         *         "vix_z": 0.25
         *       },
         *       "outcome": {
         *         "action": 2,
         *         "requested": 1,
         *         "target": 0
         *       },
         *       "probabilities": {
         *         "BUY": 0.71,
         *         "HOLD": 0.19,
         *         "SELL": 0.1
         *       },
         *       "role": "champion",
         *       "same": true,
         *       "signal_id": "ppo_v20-s42@20250115T1355Z",
         *       "timestamp": "2025-01-15T13:55:00Z"
         *     }
         */
        Explanation: {
            /**
             * Signal Id
             * @description Model and bar.
             */
            signal_id: string;
            /**
             * Timestamp
             * Format: date-time
             * @description Open of the bar.
             */
            timestamp: string;
            /**
             * Model Id
             * @description Who decided.
             */
            model_id: string;
            /**
             * Role
             * @description What the model was then.
             * @enum {string}
             */
            role: "champion" | "challenger" | "shadow" | "paper";
            /**
             * Bar
             * @description Its open, high, low and close.
             */
            bar: {
                [key: string]: number;
            };
            /**
             * Features
             * @description The 13 raw market features by name; null where missing.
             */
            features: {
                [key: string]: number | null;
            };
            /**
             * Observation
             * @description The 15 features by name, normalised; null where one was missing.
             */
            observation: {
                [key: string]: number;
            } | null;
            /**
             * Probabilities
             * @description By action, as the policy gives them again.
             */
            probabilities: {
                [key: string]: number;
            } | null;
            /**
             * Outcome
             * @description What was decided then.
             */
            outcome: {
                [key: string]: unknown;
            };
            /**
             * Because
             * @description Each objection of risk, in words.
             */
            because: string[];
            /**
             * Hashes
             * @description Of the model that decided.
             */
            hashes: {
                [key: string]: string;
            };
            /**
             * Same
             * @description Whether the replay arrived at the same bits.
             */
            same: boolean;
            /**
             * Differences
             * @description Where it did not.
             */
            differences: string[];
        };
        /**
         * FalsePromotions
         * @description How often policies without edge were promoted.
         * @example {
         *       "name": "all",
         *       "promoted": {
         *         "hits": 3,
         *         "interval": [
         *           0.0016,
         *           0.0218
         *         ],
         *         "rate": 0.0075,
         *         "runs": 400
         *       },
         *       "promoted_of_those_that_traded_enough": {
         *         "hits": 3,
         *         "interval": [
         *           0.0016,
         *           0.0218
         *         ],
         *         "rate": 0.0075,
         *         "runs": 400
         *       }
         *     }
         */
        FalsePromotions: {
            /**
             * Name
             * @description `all`, a family of policies, a kind of market or a length of the window.
             */
            name: string;
            /** @description Of all votes. */
            promoted: components["schemas"]["PromotionRate"];
            /** @description Of those alone that made as many trades as the gate asks for. */
            promoted_of_those_that_traded_enough: components["schemas"]["PromotionRate"];
        };
        /**
         * FeatureHistogram
         * @description One feature in training and in the live window, on the same edges.
         * @example {
         *       "alert": true,
         *       "edges": [
         *         -2,
         *         0,
         *         2
         *       ],
         *       "feature": "vix_z",
         *       "ks": 0.31,
         *       "live": [
         *         0.2,
         *         0.8
         *       ],
         *       "p_value": 0.004,
         *       "training": [
         *         0.55,
         *         0.45
         *       ]
         *     }
         */
        FeatureHistogram: {
            /**
             * Feature
             * @description Its name.
             */
            feature: string;
            /**
             * Edges
             * @description Ascending, one more than there are bins; the outer bins hold what lies beyond as well.
             */
            edges: number[];
            /**
             * Training
             * @description Share of the training rows in each bin; they add up to 1.
             */
            training: number[];
            /**
             * Live
             * @description Share of the live bars with a value in each bin; null where no bar has one.
             */
            live: number[] | null;
            /**
             * Ks
             * @description Kolmogorov–Smirnov statistic as it was read; null where there was nothing to read.
             */
            ks: number | null;
            /**
             * P Value
             * @description Corrected over the features.
             */
            p_value: number | null;
            /**
             * Alert
             * @description Whether it is large, and significant as well.
             */
            alert: boolean;
        };
        /**
         * FeatureVector
         * @description The raw features of one bar.
         * @example {
         *       "computed_at": "2025-01-15T14:00:01Z",
         *       "feature_spec_hash": "4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d",
         *       "features": {
         *         "adx_14": 0.25,
         *         "atr_pct": 0.25,
         *         "brent_change_1d": 0.25,
         *         "dxy_change_1d": 0.25,
         *         "dxy_z": 0.25,
         *         "embi_z": 0.25,
         *         "log_ret_1h": 0.25,
         *         "log_ret_4h": 0.25,
         *         "log_ret_5m": 0.25,
         *         "rate_spread": 0.25,
         *         "rsi_9": 0.25,
         *         "usdmxn_change_1d": 0.25,
         *         "vix_z": 0.25
         *       },
         *       "model_id": "ppo_v20-s42",
         *       "time": "2025-01-15T13:55:00Z"
         *     }
         */
        FeatureVector: {
            /**
             * Time
             * Format: date-time
             * @description Open of the bar.
             */
            time: string;
            /**
             * Model Id
             * @description The model whose features they are.
             */
            model_id: string;
            /**
             * Feature Spec Hash
             * @description What they were computed with.
             */
            feature_spec_hash: string;
            /**
             * Features
             * @description The 13 market features by name, not normalised; null where missing.
             */
            features: {
                [key: string]: number | null;
            };
            /**
             * Computed At
             * Format: date-time
             * @description When.
             */
            computed_at: string;
        };
        /**
         * Figure
         * @description A metric with its interval.
         * @example {
         *       "high": 2.6,
         *       "low": -0.91,
         *       "value": 0.84
         *     }
         */
        Figure: {
            /**
             * Value
             * @description Null where it is no number, as the ends.
             */
            value: number | null;
            /**
             * Low
             * @description Lower end, at 95 %.
             */
            low: number | null;
            /**
             * High
             * @description Upper end.
             */
            high: number | null;
        };
        /**
         * Fill
         * @description A change of a live book's position.
         * @example {
         *       "cost": 4.1,
         *       "from_position": 1,
         *       "model_id": "ppo_v20-s42",
         *       "price": 4313,
         *       "result": 37.2,
         *       "timestamp": "2025-01-15T14:00:00Z",
         *       "to_position": -1
         *     }
         */
        Fill: {
            /**
             * Timestamp
             * Format: date-time
             * @description Open of the bar at which it was executed.
             */
            timestamp: string;
            /**
             * Model Id
             * @description Whose book.
             */
            model_id: string;
            /**
             * From Position
             * @description What was held before.
             */
            from_position: number;
            /**
             * To Position
             * @description What is held after.
             */
            to_position: number;
            /**
             * Price
             * @description Mid price, COP per USD.
             */
            price: number;
            /**
             * Cost
             * @description Spread, slippage and commission, account currency.
             */
            cost: number;
            /**
             * Result
             * @description Net result of the trade that it closed, account currency; null if it closed none.
             */
            result: number | null;
        };
        /**
         * FillPage
         * @description Fills, newest first, then by model.
         * @example {
         *       "items": [
         *         {
         *           "cost": 4.1,
         *           "from_position": 1,
         *           "model_id": "ppo_v20-s42",
         *           "price": 4313,
         *           "result": 37.2,
         *           "timestamp": "2025-01-15T14:00:00Z",
         *           "to_position": -1
         *         }
         *       ]
         *     }
         */
        FillPage: {
            /**
             * Next Cursor
             * @description What `cursor` takes for the part that follows; null on the last one.
             */
            next_cursor: string | null;
            /**
             * Items
             * @description The fills.
             */
            items: components["schemas"]["Fill"][];
        };
        /**
         * Finding
         * @description What all tests come to.
         * @enum {string}
         */
        Finding: "nothing" | "artefact" | "unclear" | "stands";
        /**
         * Flaw
         * @description What can be wrong with the log.
         * @enum {string}
         */
        Flaw: "edited" | "deleted" | "inserted" | "reordered" | "unsealed" | "seal" | "guard" | "state" | "head";
        /**
         * FoldRanges
         * @description What a fold was trained, chosen and judged on.
         * @example {
         *       "test": {
         *         "end": "2024-12-31",
         *         "start": "2024-07-01"
         *       },
         *       "training": {
         *         "end": "2023-12-29",
         *         "start": "2022-01-03"
         *       },
         *       "validation": {
         *         "end": "2024-06-28",
         *         "start": "2024-01-02"
         *       }
         *     }
         */
        FoldRanges: {
            /** @description To learn from. */
            training: components["schemas"]["Window"];
            /** @description To choose the checkpoint by. */
            validation: components["schemas"]["Window"];
            /** @description To judge on. */
            test: components["schemas"]["Window"];
        };
        /**
         * GapRate
         * @description The expected bars of a span that had closed, and those that are missing.
         * @example {
         *       "absent": 3,
         *       "expected": 1200,
         *       "never_asked": 0,
         *       "rate": 0.0033,
         *       "refused": 1,
         *       "sessions": 20
         *     }
         */
        GapRate: {
            /**
             * Sessions
             * @description How many the span has.
             */
            sessions: number;
            /**
             * Expected
             * @description Bars that had closed.
             */
            expected: number;
            /**
             * Absent
             * @description Missing; a provider was asked and had none.
             */
            absent: number;
            /**
             * Refused
             * @description Missing; what came was refused and stands in quarantine.
             */
            refused: number;
            /**
             * Never Asked
             * @description Missing, and nothing is known of them.
             */
            never_asked: number;
            /**
             * Rate
             * @description Missing over expected; null where nothing was expected.
             */
            rate: number | null;
        };
        /**
         * GateCalibration
         * @description How often the promotion gate errs, measured on policies of known worth.
         * @example {
         *       "break_even": [
         *         {
         *           "name": "all",
         *           "promoted": {
         *             "hits": 3,
         *             "interval": [
         *               0.0016,
         *               0.0218
         *             ],
         *             "rate": 0.0075,
         *             "runs": 400
         *           },
         *           "promoted_of_those_that_traded_enough": {
         *             "hits": 3,
         *             "interval": [
         *               0.0016,
         *               0.0218
         *             ],
         *             "rate": 0.0075,
         *             "runs": 400
         *           }
         *         }
         *       ],
         *       "campaigns": [
         *         {
         *           "campaigns": {
         *             "hits": 3,
         *             "interval": [
         *               0.0016,
         *               0.0218
         *             ],
         *             "rate": 0.0075,
         *             "runs": 400
         *           },
         *           "family": "rules",
         *           "first": {
         *             "hits": 3,
         *             "interval": [
         *               0.0016,
         *               0.0218
         *             ],
         *             "rate": 0.0075,
         *             "runs": 400
         *           },
         *           "last": {
         *             "hits": 3,
         *             "interval": [
         *               0.0016,
         *               0.0218
         *             ],
         *             "rate": 0.0075,
         *             "runs": 400
         *           },
         *           "length": 20,
         *           "proposals": {
         *             "hits": 3,
         *             "interval": [
         *               0.0016,
         *               0.0218
         *             ],
         *             "rate": 0.0075,
         *             "runs": 400
         *           },
         *           "sessions": 480
         *         }
         *       ],
         *       "created_at": "2026-01-05T15:12:00Z",
         *       "false_promotions": [
         *         {
         *           "name": "all",
         *           "promoted": {
         *             "hits": 3,
         *             "interval": [
         *               0.0016,
         *               0.0218
         *             ],
         *             "rate": 0.0075,
         *             "runs": 400
         *           },
         *           "promoted_of_those_that_traded_enough": {
         *             "hits": 3,
         *             "interval": [
         *               0.0016,
         *               0.0218
         *             ],
         *             "rate": 0.0075,
         *             "runs": 400
         *           }
         *         }
         *       ],
         *       "holds": true,
         *       "notices": [],
         *       "power": [
         *         {
         *           "edge": 2,
         *           "holds_for": "a session",
         *           "look": 1,
         *           "promoted": {
         *             "hits": 3,
         *             "interval": [
         *               0.0016,
         *               0.0218
         *             ],
         *             "rate": 0.0075,
         *             "runs": 400
         *           },
         *           "realised_sharpe": 1.97,
         *           "sessions": 480,
         *           "standard_error": 0.05
         *         }
         *       ],
         *       "replayed": {
         *         "median_sharpe_difference": 0.01,
         *         "promoted": 2,
         *         "promoted_replayed": 2,
         *         "runs": 240,
         *         "same": 238
         *       },
         *       "seconds": 1730.2,
         *       "settings": {
         *         "scale": 1,
         *         "seed": 1,
         *         "version": "1.0.0"
         *       },
         *       "stopped_by": {
         *         "rules": {
         *           "min_trades": {
         *             "hits": 3,
         *             "interval": [
         *               0.0016,
         *               0.0218
         *             ],
         *             "rate": 0.0075,
         *             "runs": 400
         *           }
         *         }
         *       }
         *     }
         */
        GateCalibration: {
            /**
             * Created At
             * Format: date-time
             * @description When it was written.
             */
            created_at: string;
            /**
             * Holds
             * @description Whether overall, and in each family, so few are promoted as they should be.
             */
            holds: boolean;
            /**
             * False Promotions
             * @description Of policies without edge: overall, by family, by market and by window.
             */
            false_promotions: components["schemas"]["FalsePromotions"][];
            /**
             * Break Even
             * @description Of policies that earn just their costs.
             */
            break_even: components["schemas"]["FalsePromotions"][];
            /**
             * Campaigns
             * @description Of many proposals on one window.
             */
            campaigns: components["schemas"]["CampaignRates"][];
            /**
             * Power
             * @description Of planted edges.
             */
            power: components["schemas"]["GatePower"][];
            /**
             * Stopped By
             * @description Of each family without edge, how many failed each gate: of those that it was asked of.
             */
            stopped_by: {
                [key: string]: {
                    [key: string]: components["schemas"]["PromotionRate"];
                };
            };
            /** @description Whether the short way judges as the whole one does. */
            replayed: components["schemas"]["ReplayAgreement"];
            /**
             * Settings
             * @description What the figures rest on.
             */
            settings: {
                [key: string]: unknown;
            };
            /**
             * Notices
             * @description What was left out.
             */
            notices: string[];
            /**
             * Seconds
             * @description That it took.
             */
            seconds: number;
        };
        /**
         * GatePower
         * @description How often a planted edge was promoted.
         * @example {
         *       "edge": 2,
         *       "holds_for": "a session",
         *       "look": 1,
         *       "promoted": {
         *         "hits": 3,
         *         "interval": [
         *           0.0016,
         *           0.0218
         *         ],
         *         "rate": 0.0075,
         *         "runs": 400
         *       },
         *       "realised_sharpe": 1.97,
         *       "sessions": 480,
         *       "standard_error": 0.05
         *     }
         */
        GatePower: {
            /**
             * Holds For
             * @description How long the policy holds.
             */
            holds_for: string;
            /**
             * Sessions
             * @description Of the window.
             */
            sessions: number;
            /**
             * Look
             * @description As which look at the window it was judged.
             */
            look: number;
            /**
             * Edge
             * @description Annual Sharpe ratio after costs that was planted.
             */
            edge: number;
            /** @description How often it passed. */
            promoted: components["schemas"]["PromotionRate"];
            /**
             * Realised Sharpe
             * @description Mean of the annual Sharpe ratios that came out.
             */
            realised_sharpe: number;
            /**
             * Standard Error
             * @description Of that mean.
             */
            standard_error: number;
        };
        /**
         * Hour
         * @description What one kind of time brought; the rows add up to the whole result.
         */
        Hour: {
            /**
             * Name
             * @description An hour of the session in Bogota, a gap, the nights, or their financing.
             */
            name: string;
            /**
             * Bars
             * @description Bars that closed in it; of a gap or a night, those that opened after it.
             */
            bars: number;
            /**
             * Held
             * @description How many of them with a position.
             */
            held: number;
            /**
             * Result
             * @description Account currency, net.
             */
            result: number;
        };
        /**
         * InferenceAnswer
         * @description What the model says, before any risk check.
         * @example {
         *       "bar_time": "2025-01-15T13:55:00Z",
         *       "confidence": 0.71,
         *       "missing": [],
         *       "model_id": "ppo_v20-s42",
         *       "observation": {
         *         "adx_14": 0.25,
         *         "atr_pct": 0.25,
         *         "brent_change_1d": 0.25,
         *         "dxy_change_1d": 0.25,
         *         "dxy_z": 0.25,
         *         "embi_z": 0.25,
         *         "log_ret_1h": 0.25,
         *         "log_ret_4h": 0.25,
         *         "log_ret_5m": 0.25,
         *         "position": 0.25,
         *         "rate_spread": 0.25,
         *         "rsi_9": 0.25,
         *         "time_normalized": 0.25,
         *         "usdmxn_change_1d": 0.25,
         *         "vix_z": 0.25
         *       },
         *       "position": 0,
         *       "position_from": "assumed",
         *       "price": 4312.5,
         *       "signal": "LONG",
         *       "timestamp": "2025-01-15T14:00:00Z"
         *     }
         */
        InferenceAnswer: {
            /**
             * Model Id
             * @description Who was asked.
             */
            model_id: string;
            /**
             * Timestamp
             * Format: date-time
             * @description The moment that was asked about.
             */
            timestamp: string;
            /**
             * Bar Time
             * Format: date-time
             * @description Open of the newest stored bar that had closed by then.
             */
            bar_time: string;
            /**
             * Price
             * @description Its close, COP per USD.
             */
            price: number;
            /**
             * Signal
             * @description The position that the policy asks for. HOLD keeps what is held, and is the answer where a
             *     feature is missing.
             * @enum {string}
             */
            signal: "LONG" | "SHORT" | "HOLD";
            /**
             * Confidence
             * @description Probability of that; 0 where a feature is missing.
             */
            confidence: number;
            /**
             * Position
             * @description What the policy was told to hold: −1, 0 or 1.
             */
            position: number;
            /**
             * Position From
             * @description `signal`: of the model's stored signal for this bar. `assumed`: there is none, so flat.
             * @enum {string}
             */
            position_from: "signal" | "assumed";
            /**
             * Observation
             * @description The 15 features by name, normalised; null where one is missing.
             */
            observation: {
                [key: string]: number;
            } | null;
            /**
             * Missing
             * @description Names of the features that are missing.
             */
            missing: string[];
        };
        /**
         * InferenceQuestion
         * @description Which model is asked, and about when.
         * @example {
         *       "model_id": "ppo_v20-s42",
         *       "timestamp": "2025-01-15T14:00:00Z"
         *     }
         */
        InferenceQuestion: {
            /**
             * Timestamp
             * Format: date-time
             * @description The moment: the newest bar that had closed by then counts. Not in the future.
             * @example 2025-01-15T14:00:00Z
             */
            timestamp: string;
            /**
             * Model Id
             * @description Any registered model.
             * @example ppo_v20-s42
             */
            model_id: string;
        };
        /**
         * Interval
         * @description An interval of a difference.
         * @example {
         *       "high": 1.9,
         *       "level": 0.95,
         *       "low": -1.1
         *     }
         */
        Interval: {
            /**
             * Low
             * @description Lower end; null where it is no number.
             */
            low: number | null;
            /**
             * High
             * @description Upper end; null where it is no number.
             */
            high: number | null;
            /**
             * Level
             * @description That it is made for.
             */
            level: number;
        };
        /**
         * JoinedSeeds
         * @description The seeds of each fold as one policy: the mean of their probabilities decides.
         * @example {
         *       "at_costs": {
         *         "x1": {
         *           "sharpe": 0.4,
         *           "total_return": 0.03
         *         }
         *       },
         *       "conclusion": {
         *         "falls": [],
         *         "finding": "stands",
         *         "rests_on": [
         *           "atr_pct"
         *         ],
         *         "unclear": []
         *       },
         *       "models": [
         *         "walk_forward_v1-f1-ensemble-1a2b3c4d"
         *       ],
         *       "sharpes": [
         *         0.6
         *       ],
         *       "statistics": {
         *         "deflated_sharpe": 0.59,
         *         "minimum_track_record": 2140,
         *         "probabilistic_sharpe": 0.98,
         *         "selection_benchmark": 1.2,
         *         "trials": 96
         *       }
         *     }
         */
        JoinedSeeds: {
            /**
             * Models
             * @description Of each fold.
             */
            models: string[];
            /**
             * Sharpes
             * @description Of each fold, annual, at the costs as they are.
             */
            sharpes: number[];
            /**
             * At Costs
             * @description Over all folds, one after the other, by multiple of the costs.
             */
            at_costs: {
                [key: string]: components["schemas"]["StrategyOutcome"];
            };
            /** @description At the costs as they are. */
            statistics: components["schemas"]["Luck"];
            /** @description Of the diagnosis; the whole of it is on the run's page. */
            conclusion: components["schemas"]["Diagnosed"];
        };
        /**
         * KillSwitch
         * @description The kill switch: while it is on, every book is flat.
         * @example {
         *       "changed_at": "2025-01-15T14:02:11Z",
         *       "changed_by": "olga",
         *       "comment": "Central bank intervenes.",
         *       "on": true
         *     }
         */
        KillSwitch: {
            /**
             * On
             * @description Whether it is on.
             */
            on: boolean;
            /**
             * Comment
             * @description Why; null while nobody has ever touched it.
             */
            comment: string | null;
            /**
             * Changed By
             * @description Who said so.
             */
            changed_by: string | null;
            /**
             * Changed At
             * @description When.
             */
            changed_at: string | null;
        };
        /**
         * KillSwitchWord
         * @description What becomes of the kill switch, and why.
         * @example {
         *       "comment": "Central bank intervenes.",
         *       "on": true
         *     }
         */
        KillSwitchWord: {
            /**
             * On
             * @description Whether every book is to be flat.
             */
            on: boolean;
            /**
             * Comment
             * @description Why.
             * @example Agreed with the desk on 15 January.
             */
            comment: string;
        };
        /**
         * KnownValue
         * @description The newest value of one series that was known at a moment.
         * @example {
         *       "age_days": 1,
         *       "known_since": "2025-01-14T22:15:00Z",
         *       "period": "2025-01-14",
         *       "revision": 0,
         *       "series": "VIX",
         *       "sessions_from": "2025-01-15",
         *       "source": "fred",
         *       "stale": false,
         *       "superseded": false,
         *       "unit": "index",
         *       "value": 18.7
         *     }
         */
        KnownValue: {
            /**
             * Series
             * @description Its name in the catalogue.
             */
            series: string;
            /**
             * Period
             * Format: date
             * @description That the value is of.
             */
            period: string;
            /**
             * Value
             * @description In `unit`.
             */
            value: number;
            /**
             * Unit
             * @description Of the value.
             */
            unit: string;
            /**
             * Known Since
             * Format: date-time
             * @description When it was published.
             */
            known_since: string;
            /**
             * Age Days
             * @description From the period's date to the moment's, in Bogota.
             */
            age_days: number;
            /**
             * Revision
             * @description In the order of arrival, from 0.
             */
            revision: number;
            /**
             * Superseded
             * @description Another value of this period came later.
             */
            superseded: boolean;
            /**
             * Source
             * @description The provider.
             */
            source: string;
            /**
             * Stale
             * @description Too old to be used.
             */
            stale: boolean;
            /**
             * Sessions From
             * Format: date
             * @description First session that may see it.
             */
            sessions_from: string;
        };
        /**
         * LastRun
         * @description The newest look at a test window that an experiment's models took.
         * @example {
         *       "model_id": "ppo_v21-s42",
         *       "sharpe_ratio": 0.84,
         *       "status": "PENDING_APPROVAL",
         *       "vote": "REVIEW",
         *       "when": "2026-01-05T15:12:00Z"
         *     }
         */
        LastRun: {
            /**
             * Model Id
             * @description That looked.
             */
            model_id: string;
            /**
             * When
             * Format: date-time
             * @description It looked.
             */
            when: string;
            /**
             * Sharpe Ratio
             * @description Annual; null where it is no number.
             */
            sharpe_ratio: number | null;
            /**
             * Vote
             * @description The first vote on this model; null where it came to none.
             */
            vote: string | null;
            /**
             * Status
             * @description Of that vote's proposal.
             */
            status: string | null;
        };
        /**
         * Logits
         * @description The logits of the out-of-sample ranks of what was best in sample, counted.
         * @example {
         *       "counts": [
         *         5200,
         *         7670
         *       ],
         *       "values": [
         *         -0.69,
         *         0.69
         *       ]
         *     }
         */
        Logits: {
            /**
             * Values
             * @description Ascending; below 0 the best in sample is in the worse half out of it.
             */
            values: number[];
            /**
             * Counts
             * @description Splits with each value.
             */
            counts: number[];
        };
        /**
         * Look
         * @description One look at a test window; each makes the gate stricter.
         * @example {
         *       "experiment": "ppo_v20",
         *       "model_id": "ppo_v20-s42",
         *       "sessions": 121,
         *       "sharpe_ratio": 1.31,
         *       "when": "2025-01-08T21:35:00Z",
         *       "window": {
         *         "end": "2024-12-31",
         *         "start": "2024-07-01"
         *       }
         *     }
         */
        Look: {
            /**
             * When
             * Format: date-time
             * @description When it was taken.
             */
            when: string;
            /**
             * Model Id
             * @description Of the model that was replayed.
             */
            model_id: string;
            /**
             * Experiment
             * @description That it belongs to.
             */
            experiment: string;
            /** @description What was looked at. */
            window: components["schemas"]["Window"];
            /**
             * Sessions
             * @description How many the window held.
             */
            sessions: number;
            /**
             * Sharpe Ratio
             * @description Annual; null where it is no number.
             */
            sharpe_ratio: number | null;
        };
        /**
         * LooksTaken
         * @description Entries of the trial ledger.
         * @example {
         *       "here": 30,
         *       "overlapping": 96
         *     }
         */
        LooksTaken: {
            /**
             * Here
             * @description Of this run.
             */
            here: number;
            /**
             * Overlapping
             * @description Of windows that overlap this run's, its own included.
             */
            overlapping: number;
        };
        /**
         * Luck
         * @description How much of a Sharpe ratio may be luck.
         * @example {
         *       "deflated_sharpe": 0.59,
         *       "minimum_track_record": 2140,
         *       "probabilistic_sharpe": 0.98,
         *       "selection_benchmark": 1.2,
         *       "trials": 96
         *     }
         */
        Luck: {
            /**
             * Probabilistic Sharpe
             * @description Probability that the true one is above 0; null where nothing moved.
             */
            probabilistic_sharpe: number | null;
            /**
             * Deflated Sharpe
             * @description Probability that it is above what the best of all looks shows without skill; null as
             *     above.
             */
            deflated_sharpe: number | null;
            /**
             * Trials
             * @description Looks at windows that overlap, each counted as a whole record.
             */
            trials: number;
            /**
             * Selection Benchmark
             * @description The annual Sharpe ratio that the best of them may show without skill.
             */
            selection_benchmark: number;
            /**
             * Minimum Track Record
             * @description Sessions after which this Sharpe ratio would be above it with 95 %; null if never.
             */
            minimum_track_record: number | null;
        };
        /**
         * MacroFreshness
         * @description How fresh the macro series are.
         * @example {
         *       "now": "2025-01-15T14:00:30Z",
         *       "series": [
         *         {
         *           "age_days": 1,
         *           "critical": true,
         *           "frequency": "daily",
         *           "limit_days": 5,
         *           "period": "2025-01-14",
         *           "series": "VIX",
         *           "source": "fred",
         *           "state": "fresh",
         *           "unit": "index",
         *           "value": 18.7
         *         }
         *       ]
         *     }
         */
        MacroFreshness: {
            /**
             * Now
             * Format: date-time
             * @description When it was looked at; of a simulated market, on its own clock.
             */
            now: string;
            /**
             * Series
             * @description Each series of the catalogue.
             */
            series: components["schemas"]["SeriesFreshness"][];
        };
        /**
         * MacroQuality
         * @description How complete the macro series are.
         * @example {
         *       "completeness": 0.99,
         *       "series": [
         *         {
         *           "age_s": 61200,
         *           "assumed_lag_s": -6300,
         *           "completeness": 1,
         *           "critical": true,
         *           "newest_period": "2025-01-14",
         *           "observed_lag_s": -9000,
         *           "series": "VIX"
         *         }
         *       ],
         *       "sessions": 20
         *     }
         */
        MacroQuality: {
            /**
             * Sessions
             * @description That were looked at.
             */
            sessions: number;
            /**
             * Completeness
             * @description Share of (critical series × session) with a value.
             */
            completeness: number | null;
            /**
             * Series
             * @description Each series of the catalogue.
             */
            series: components["schemas"]["SeriesQuality"][];
        };
        /**
         * MacroState
         * @description What was known of the macro series at a moment.
         * @example {
         *       "moment": "2025-01-15T13:00:00Z",
         *       "values": [
         *         {
         *           "age_days": 1,
         *           "known_since": "2025-01-14T22:15:00Z",
         *           "period": "2025-01-14",
         *           "revision": 0,
         *           "series": "VIX",
         *           "sessions_from": "2025-01-15",
         *           "source": "fred",
         *           "stale": false,
         *           "superseded": false,
         *           "unit": "index",
         *           "value": 18.7
         *         }
         *       ],
         *       "without": [
         *         "COL5Y"
         *       ]
         *     }
         */
        MacroState: {
            /**
             * Moment
             * Format: date-time
             * @description The moment.
             */
            moment: string;
            /**
             * Values
             * @description The newest value of each series.
             */
            values: components["schemas"]["KnownValue"][];
            /**
             * Without
             * @description Series that had none.
             */
            without: string[];
        };
        /**
         * MissingBars
         * @description A run of expected bars of one day that are not stored.
         * @example {
         *       "bars": 3,
         *       "first": "2025-01-14T14:00:00Z",
         *       "last": "2025-01-14T14:10:00Z"
         *     }
         */
        MissingBars: {
            /**
             * First
             * Format: date-time
             * @description Open of the first missing bar.
             */
            first: string;
            /**
             * Last
             * Format: date-time
             * @description Open of the last missing bar.
             */
            last: string;
            /**
             * Bars
             * @description How many.
             */
            bars: number;
        };
        /**
         * ModelDetail
         * @description A registered model with what it was made from.
         * @example {
         *       "approved_at": "2025-01-10T15:00:00Z",
         *       "approved_by": "ada",
         *       "created_at": "2025-01-08T21:30:00Z",
         *       "experiment_name": "ppo_v20",
         *       "is_active": true,
         *       "lineage": {
         *         "feature_order_hash": "ddc9d7cdba81ab3d",
         *         "training_end": "2023-12-31",
         *         "training_start": "2020-03-01"
         *       },
         *       "metrics": {
         *         "best_validation_reward": 0.42
         *       },
         *       "model_hash": "9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c",
         *       "model_id": "ppo_v20-s42",
         *       "promoted_at": "2025-01-10T15:00:00Z",
         *       "stage": "production"
         *     }
         */
        ModelDetail: {
            /**
             * Model Id
             * @description Its name, for good.
             */
            model_id: string;
            /**
             * Experiment Name
             * @description The experiment that trained it.
             */
            experiment_name: string;
            /**
             * Stage
             * @description Where it stands: `staging` until it is approved, `canary` while it has a share of the capital
             *     beside the champion, `archived` after it traded.
             * @enum {string}
             */
            stage: "staging" | "canary" | "production" | "archived";
            /**
             * Is Active
             * @description Whether it is the champion.
             */
            is_active: boolean;
            /**
             * Model Hash
             * @description SHA-256 of the graph that trades.
             */
            model_hash: string;
            /**
             * Metrics
             * @description Figures of training and validation, by name.
             */
            metrics: {
                [key: string]: unknown;
            };
            /**
             * Approved By
             * @description The account that approved it.
             */
            approved_by: string | null;
            /**
             * Approved At
             * @description When it was approved.
             */
            approved_at: string | null;
            /**
             * Promoted At
             * @description When it became champion.
             */
            promoted_at: string | null;
            /**
             * Created At
             * Format: date-time
             * @description When it was registered.
             */
            created_at: string;
            /**
             * Lineage
             * @description Hashes and dates of everything that it was made from.
             */
            lineage: {
                [key: string]: unknown;
            };
        };
        /**
         * ModelPage
         * @description Registered models, newest first.
         * @example {
         *       "items": [
         *         {
         *           "approved_at": "2025-01-10T15:00:00Z",
         *           "approved_by": "ada",
         *           "created_at": "2025-01-08T21:30:00Z",
         *           "experiment_name": "ppo_v20",
         *           "is_active": true,
         *           "metrics": {
         *             "best_validation_reward": 0.42
         *           },
         *           "model_hash": "9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c",
         *           "model_id": "ppo_v20-s42",
         *           "promoted_at": "2025-01-10T15:00:00Z",
         *           "stage": "production"
         *         }
         *       ]
         *     }
         */
        ModelPage: {
            /**
             * Next Cursor
             * @description What `cursor` takes for the part that follows; null on the last one.
             */
            next_cursor: string | null;
            /**
             * Items
             * @description The models.
             */
            items: components["schemas"]["ModelSummary"][];
        };
        /**
         * ModelSummary
         * @description A registered model.
         * @example {
         *       "approved_at": "2025-01-10T15:00:00Z",
         *       "approved_by": "ada",
         *       "created_at": "2025-01-08T21:30:00Z",
         *       "experiment_name": "ppo_v20",
         *       "is_active": true,
         *       "metrics": {
         *         "best_validation_reward": 0.42
         *       },
         *       "model_hash": "9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c",
         *       "model_id": "ppo_v20-s42",
         *       "promoted_at": "2025-01-10T15:00:00Z",
         *       "stage": "production"
         *     }
         */
        ModelSummary: {
            /**
             * Model Id
             * @description Its name, for good.
             */
            model_id: string;
            /**
             * Experiment Name
             * @description The experiment that trained it.
             */
            experiment_name: string;
            /**
             * Stage
             * @description Where it stands: `staging` until it is approved, `canary` while it has a share of the capital
             *     beside the champion, `archived` after it traded.
             * @enum {string}
             */
            stage: "staging" | "canary" | "production" | "archived";
            /**
             * Is Active
             * @description Whether it is the champion.
             */
            is_active: boolean;
            /**
             * Model Hash
             * @description SHA-256 of the graph that trades.
             */
            model_hash: string;
            /**
             * Metrics
             * @description Figures of training and validation, by name.
             */
            metrics: {
                [key: string]: unknown;
            };
            /**
             * Approved By
             * @description The account that approved it.
             */
            approved_by: string | null;
            /**
             * Approved At
             * @description When it was approved.
             */
            approved_at: string | null;
            /**
             * Promoted At
             * @description When it became champion.
             */
            promoted_at: string | null;
            /**
             * Created At
             * Format: date-time
             * @description When it was registered.
             */
            created_at: string;
        };
        /**
         * Move
         * @description What becomes of a challenger.
         * @enum {string}
         */
        Move: "keep" | "step" | "promote" | "roll_back";
        /**
         * NewDeployment
         * @description A model that is to decide beside the champion.
         * @example {
         *       "comment": "To watch it.",
         *       "model_id": "ppo_v21-s7",
         *       "shadow": true
         *     }
         */
        NewDeployment: {
            /**
             * Model Id
             * @description A registered model; a challenger's was approved before.
             * @example ppo_v20-s42
             */
            model_id: string;
            /**
             * Shadow
             * @description Whether it holds nothing; else it is the challenger, with the canary's first share.
             */
            shadow: boolean;
            /**
             * Comment
             * @description Why.
             * @example Agreed with the desk on 15 January.
             */
            comment: string;
        };
        /**
         * Notice
         * @description Something that a person may have to know.
         */
        Notice: {
            /** Subject */
            subject: string;
            /** Text */
            text: string;
            /** Details */
            details?: {
                [key: string]: unknown;
            };
        };
        /**
         * NoticeEvent
         * @description `{type: "breach" | "rollback" | ..., data: {...}}`.
         */
        NoticeEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "breach" | "rollback" | "promotion" | "deployment" | "kill_switch" | "resume" | "proposal" | "load_gate" | "drift" | "parity" | "quarantine_released" | "quarantine_dropped" | "data" | "webhook_failed" | "access" | "engine" | "pipeline";
            data: components["schemas"]["Notice"];
        };
        /**
         * Overfitting
         * @description The probability that choosing the best of these is overfitting.
         * @example {
         *       "degradation": -0.2,
         *       "logits": {
         *         "counts": [
         *           5200,
         *           7670
         *         ],
         *         "values": [
         *           -0.69,
         *           0.69
         *         ]
         *       },
         *       "probability": 0.4,
         *       "probability_of_loss": 0.35,
         *       "splits": 12870,
         *       "variants": 2
         *     }
         */
        Overfitting: {
            /**
             * Probability
             * @description Share of the splits in which the best in sample is below the median out of sample.
             */
            probability: number;
            /** @description Their distribution. */
            logits: components["schemas"]["Logits"];
            /**
             * Degradation
             * @description Slope of out-of-sample on in-sample performance; null where there is none.
             */
            degradation: number | null;
            /**
             * Probability Of Loss
             * @description Share of the splits in which the chosen one loses out of sample.
             */
            probability_of_loss: number;
            /**
             * Splits
             * @description How many there were.
             */
            splits: number;
            /**
             * Variants
             * @description To choose from.
             */
            variants: number;
        };
        /**
         * Paired
         * @description A difference in annual Sharpe ratio on the same sessions, by block bootstrap.
         * @example {
         *       "block": 2.4,
         *       "difference": 0.4,
         *       "interval": {
         *         "high": 1.9,
         *         "level": 0.95,
         *         "low": -1.1
         *       },
         *       "p_value": 0.31,
         *       "probability": 0.68,
         *       "sessions": 121
         *     }
         */
        Paired: {
            /**
             * Difference
             * @description This one minus the one it is held against.
             */
            difference: number | null;
            /** @description Of the difference. */
            interval: components["schemas"]["Interval"];
            /**
             * Probability
             * @description Share of the resamples in which it is ahead.
             */
            probability: number | null;
            /**
             * P Value
             * @description Of the hypothesis that it is not better.
             */
            p_value: number | null;
            /**
             * Sessions
             * @description That both have.
             */
            sessions: number;
            /**
             * Block
             * @description Mean length of the blocks, in sessions.
             */
            block: number;
        };
        /**
         * ParityCheck
         * @description Whether what live used in a session is what the stored bars give.
         * @example {
         *       "bars": 60,
         *       "checked_at": "2025-01-14T18:05:00Z",
         *       "feature_spec_hash": "4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d",
         *       "session": "2025-01-14"
         *     }
         */
        ParityCheck: {
            /**
             * Session
             * Format: date
             * @description The session.
             */
            session: string;
            /**
             * Feature Spec Hash
             * @description What the features were computed with.
             */
            feature_spec_hash: string;
            /**
             * Bars
             * @description That were compared.
             */
            bars: number;
            /**
             * Difference
             * @description The first one; null: every bit is the same.
             */
            difference: {
                [key: string]: unknown;
            } | null;
            /**
             * Checked At
             * Format: date-time
             * @description When.
             */
            checked_at: string;
        };
        /**
         * ParityPage
         * @description Parity checks, the newest session first.
         * @example {
         *       "items": [
         *         {
         *           "bars": 60,
         *           "checked_at": "2025-01-14T18:05:00Z",
         *           "feature_spec_hash": "4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d",
         *           "session": "2025-01-14"
         *         }
         *       ]
         *     }
         */
        ParityPage: {
            /**
             * Next Cursor
             * @description What `cursor` takes for the part that follows; null on the last one.
             */
            next_cursor: string | null;
            /**
             * Items
             * @description The checks.
             */
            items: components["schemas"]["ParityCheck"][];
        };
        /**
         * Progress
         * @description How far a replay has come.
         */
        Progress: {
            /** Progress */
            progress: number;
            /** Current Bar */
            current_bar: number;
            /** Total Bars */
            total_bars: number;
        };
        /**
         * ProgressEvent
         * @description `{type: "progress", data: {...}}`.
         */
        ProgressEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "progress";
            data: components["schemas"]["Progress"];
        };
        /**
         * PromotionRate
         * @description So many of so many.
         * @example {
         *       "hits": 3,
         *       "interval": [
         *         0.0016,
         *         0.0218
         *       ],
         *       "rate": 0.0075,
         *       "runs": 400
         *     }
         */
        PromotionRate: {
            /**
             * Hits
             * @description Promoted, or stopped.
             */
            hits: number;
            /**
             * Runs
             * @description Of so many.
             */
            runs: number;
            /**
             * Rate
             * @description The share; null of nothing.
             */
            rate: number | null;
            /**
             * Interval
             * @description The exact two-sided 95 % interval of the share.
             */
            interval: [
                number,
                number
            ];
        };
        /**
         * ProposalDetail
         * @description A proposal with all that it rests on.
         * @example {
         *       "confidence": 0.97,
         *       "created_at": "2025-01-08T21:40:00Z",
         *       "created_by": "olga",
         *       "criteria_results": [
         *         {
         *           "name": "min_sharpe_ratio",
         *           "passed": true
         *         }
         *       ],
         *       "evidence": {
         *         "trials": 4
         *       },
         *       "experiment_name": "ppo_v20",
         *       "expires_at": "2025-01-22T21:40:00Z",
         *       "is_open": true,
         *       "lineage": {
         *         "feature_order_hash": "ddc9d7cdba81ab3d"
         *       },
         *       "metrics": {
         *         "max_drawdown": -0.04,
         *         "sharpe_ratio": 1.31
         *       },
         *       "model_id": "ppo_v20-s42",
         *       "proposal_id": "5b0c9a52-6f0e-4d8e-9a3c-0c6a1d7f2e11",
         *       "reason": "PROMOTE: all criteria and gates passed.",
         *       "recommendation": "PROMOTE",
         *       "remedies": [],
         *       "status": "PENDING_APPROVAL",
         *       "vs_baseline": {
         *         "against": "flat",
         *         "is_improvement": true
         *       }
         *     }
         */
        ProposalDetail: {
            /**
             * Proposal Id
             * @description Its name.
             */
            proposal_id: string;
            /**
             * Model Id
             * @description The model that is proposed.
             */
            model_id: string;
            /**
             * Experiment Name
             * @description The experiment that trained it.
             */
            experiment_name: string;
            /** @description What L4 votes for. */
            recommendation: components["schemas"]["Recommendation"];
            /**
             * Confidence
             * @description The chance that its skill is more than the luck of the best of all trials, in [0, 1].
             */
            confidence: number;
            /**
             * Reason
             * @description Why it is so, in words.
             */
            reason: string;
            /** @description Where it stands with the second vote. */
            status: components["schemas"]["ProposalStatus"];
            /**
             * Is Open
             * @description Whether it waits for a vote: it is pending, and its time is not over.
             */
            is_open: boolean;
            /**
             * Created By
             * @description The account that ran the experiment; it can't vote.
             */
            created_by: string;
            /**
             * Created At
             * Format: date-time
             * @description When it was laid before reviewers.
             */
            created_at: string;
            /**
             * Expires At
             * Format: date-time
             * @description Until when it can be voted on.
             */
            expires_at: string;
            /**
             * Reviewer
             * @description The account that voted.
             */
            reviewer: string | null;
            /**
             * Reviewed At
             * @description When it voted.
             */
            reviewed_at: string | null;
            /**
             * Comment
             * @description What it said.
             */
            comment: string | null;
            /**
             * Metrics
             * @description Of the backtest, by name.
             */
            metrics: {
                [key: string]: unknown;
            };
            /**
             * Vs Baseline
             * @description The comparison with the champion, or with staying flat.
             */
            vs_baseline: {
                [key: string]: unknown;
            };
            /**
             * Criteria Results
             * @description Each criterion and hard gate, whether it passed, and the recommendation `otherwise`.
             */
            criteria_results: {
                [key: string]: unknown;
            }[];
            /**
             * Evidence
             * @description What the vote rests on besides: intervals, trials, the look-ahead check.
             */
            evidence: {
                [key: string]: unknown;
            };
            /**
             * Remedies
             * @description What would have to change for a better recommendation.
             */
            remedies: string[];
            /**
             * Lineage
             * @description Hashes and dates of everything that the model was made from.
             */
            lineage: {
                [key: string]: unknown;
            };
        };
        /**
         * ProposalPage
         * @description Proposals, newest first.
         * @example {
         *       "items": [
         *         {
         *           "confidence": 0.97,
         *           "created_at": "2025-01-08T21:40:00Z",
         *           "created_by": "olga",
         *           "experiment_name": "ppo_v20",
         *           "expires_at": "2025-01-22T21:40:00Z",
         *           "is_open": true,
         *           "model_id": "ppo_v20-s42",
         *           "proposal_id": "5b0c9a52-6f0e-4d8e-9a3c-0c6a1d7f2e11",
         *           "reason": "PROMOTE: all criteria and gates passed.",
         *           "recommendation": "PROMOTE",
         *           "status": "PENDING_APPROVAL"
         *         }
         *       ]
         *     }
         */
        ProposalPage: {
            /**
             * Next Cursor
             * @description What `cursor` takes for the part that follows; null on the last one.
             */
            next_cursor: string | null;
            /**
             * Items
             * @description The proposals.
             */
            items: components["schemas"]["ProposalSummary"][];
        };
        /**
         * ProposalStatus
         * @description Where a proposal stands with the second vote.
         * @enum {string}
         */
        ProposalStatus: "PENDING_APPROVAL" | "APPROVED" | "REJECTED" | "EXPIRED";
        /**
         * ProposalSummary
         * @description What L4 lays before a reviewer.
         * @example {
         *       "confidence": 0.97,
         *       "created_at": "2025-01-08T21:40:00Z",
         *       "created_by": "olga",
         *       "experiment_name": "ppo_v20",
         *       "expires_at": "2025-01-22T21:40:00Z",
         *       "is_open": true,
         *       "model_id": "ppo_v20-s42",
         *       "proposal_id": "5b0c9a52-6f0e-4d8e-9a3c-0c6a1d7f2e11",
         *       "reason": "PROMOTE: all criteria and gates passed.",
         *       "recommendation": "PROMOTE",
         *       "status": "PENDING_APPROVAL"
         *     }
         */
        ProposalSummary: {
            /**
             * Proposal Id
             * @description Its name.
             */
            proposal_id: string;
            /**
             * Model Id
             * @description The model that is proposed.
             */
            model_id: string;
            /**
             * Experiment Name
             * @description The experiment that trained it.
             */
            experiment_name: string;
            /** @description What L4 votes for. */
            recommendation: components["schemas"]["Recommendation"];
            /**
             * Confidence
             * @description The chance that its skill is more than the luck of the best of all trials, in [0, 1].
             */
            confidence: number;
            /**
             * Reason
             * @description Why it is so, in words.
             */
            reason: string;
            /** @description Where it stands with the second vote. */
            status: components["schemas"]["ProposalStatus"];
            /**
             * Is Open
             * @description Whether it waits for a vote: it is pending, and its time is not over.
             */
            is_open: boolean;
            /**
             * Created By
             * @description The account that ran the experiment; it can't vote.
             */
            created_by: string;
            /**
             * Created At
             * Format: date-time
             * @description When it was laid before reviewers.
             */
            created_at: string;
            /**
             * Expires At
             * Format: date-time
             * @description Until when it can be voted on.
             */
            expires_at: string;
            /**
             * Reviewer
             * @description The account that voted.
             */
            reviewer: string | null;
            /**
             * Reviewed At
             * @description When it voted.
             */
            reviewed_at: string | null;
            /**
             * Comment
             * @description What it said.
             */
            comment: string | null;
        };
        /**
         * QualityAlert
         * @description A threshold that is broken.
         * @example {
         *       "measure": "gap_rate",
         *       "text": "2.10 % of the bars of the last 20 sessions are missing.",
         *       "threshold": 0.01,
         *       "value": 0.021
         *     }
         */
        QualityAlert: {
            /**
             * Measure
             * @description `gap_rate`, `macro_completeness` or `error_rate`.
             */
            measure: string;
            /**
             * Value
             * @description What it is.
             */
            value: number;
            /**
             * Threshold
             * @description What it may be.
             */
            threshold: number;
            /**
             * Text
             * @description What is wrong, and what to do.
             */
            text: string;
        };
        /**
         * QuarantineWord
         * @description Which refused rows are resolved, and why.
         * @example {
         *       "comment": "The broker confirmed it.",
         *       "ids": [
         *         17,
         *         18
         *       ]
         *     }
         */
        QuarantineWord: {
            /**
             * Ids
             * @description Numbers of the rows.
             */
            ids: number[];
            /**
             * Comment
             * @description Why.
             * @example Agreed with the desk on 15 January.
             */
            comment: string;
        };
        /**
         * RandomSpread
         * @description Annual Sharpe ratios of random traders, those of all seeds together.
         * @example {
         *       "high": 1.3,
         *       "median": -0.9
         *     }
         */
        RandomSpread: {
            /**
             * Median
             * @description Half of them are below.
             */
            median: number;
            /**
             * High
             * @description 95th percentile.
             */
            high: number;
        };
        /**
         * Ready
         * @description Whether requests can be answered, and what is known of those that we depend on.
         */
        Ready: {
            /** Ready */
            ready: boolean;
            /**
             * Database
             * @enum {string}
             */
            database: "ok" | "down";
            /**
             * Schema
             * @enum {string}
             */
            schema: "current" | "other" | "unknown";
            /**
             * Bus
             * @enum {string}
             */
            bus: "in process" | "ok" | "down";
            /**
             * Engine
             * @default unknown
             * @enum {string}
             */
            engine: "running" | "stopped" | "unknown";
            /**
             * Simulated
             * @default false
             */
            simulated: boolean;
            /** Last Bar */
            last_bar?: string | null;
            /** Last Bar Age S */
            last_bar_age_s?: number | null;
        };
        /**
         * Reason
         * @description Why a decision is not simply what the policy asked for.
         * @enum {string}
         */
        Reason: "missing_features" | "confidence" | "daily_loss" | "drawdown" | "circuit_breaker" | "trading_hours" | "max_trades" | "position_limit" | "kill_switch" | "stale_data" | "data_lost" | "out_of_distribution" | "shelf_life" | "account_loss" | "account_drawdown";
        /**
         * Recommendation
         * @description The first vote.
         * @enum {string}
         */
        Recommendation: "PROMOTE" | "REVIEW" | "REJECT";
        /**
         * RefusedCount
         * @description Open rows of the quarantine, of one kind and reason.
         * @example {
         *       "first": "USDMXN 2026-01-27",
         *       "kind": "macro",
         *       "last": "USDMXN 2026-01-28",
         *       "reason": "unit_jump",
         *       "rows": 2
         *     }
         */
        RefusedCount: {
            /**
             * Kind
             * @description Bars or macro values.
             * @enum {string}
             */
            kind: "ohlcv" | "macro";
            /**
             * Reason
             * @description Why they were refused.
             */
            reason: string;
            /**
             * Rows
             * @description How many.
             */
            rows: number;
            /**
             * First
             * @description The first key.
             */
            first: string;
            /**
             * Last
             * @description The last key.
             */
            last: string;
        };
        /**
         * RefusedPage
         * @description Refused rows, newest first.
         * @example {
         *       "items": [
         *         {
         *           "content": {
         *             "period": "2026-01-27",
         *             "series": "USDMXN",
         *             "value": 171335
         *           },
         *           "created_at": "2026-01-28T13:00:00Z",
         *           "detail": "171335.0 is about 10,000 times 17.36, the value before.",
         *           "id": 17,
         *           "key": "USDMXN 2026-01-27",
         *           "kind": "macro",
         *           "payload": {
         *             "period": "2026-01-27",
         *             "series": "USDMXN",
         *             "value": "171335.0"
         *           },
         *           "reason": "unit_jump",
         *           "source": "macro.csv"
         *         }
         *       ]
         *     }
         */
        RefusedPage: {
            /**
             * Next Cursor
             * @description What `cursor` takes for the part that follows; null on the last one.
             */
            next_cursor: string | null;
            /**
             * Items
             * @description The rows.
             */
            items: components["schemas"]["RefusedRow"][];
        };
        /**
         * RefusedRow
         * @description A row that was refused.
         * @example {
         *       "content": {
         *         "period": "2026-01-27",
         *         "series": "USDMXN",
         *         "value": 171335
         *       },
         *       "created_at": "2026-01-28T13:00:00Z",
         *       "detail": "171335.0 is about 10,000 times 17.36, the value before.",
         *       "id": 17,
         *       "key": "USDMXN 2026-01-27",
         *       "kind": "macro",
         *       "payload": {
         *         "period": "2026-01-27",
         *         "series": "USDMXN",
         *         "value": "171335.0"
         *       },
         *       "reason": "unit_jump",
         *       "source": "macro.csv"
         *     }
         */
        RefusedRow: {
            /**
             * Id
             * @description Its number.
             */
            id: number;
            /**
             * Kind
             * @description Bar or macro value.
             * @enum {string}
             */
            kind: "ohlcv" | "macro";
            /**
             * Key
             * @description Time of the bar, or series and period.
             */
            key: string;
            /**
             * Reason
             * @description Why it was refused.
             */
            reason: string;
            /**
             * Detail
             * @description Why, in words.
             */
            detail: string;
            /**
             * Payload
             * @description The row as it came.
             */
            payload: {
                [key: string]: unknown;
            };
            /**
             * Content
             * @description What a release stores; null where the row has no place.
             */
            content: {
                [key: string]: unknown;
            } | null;
            /**
             * Source
             * @description The provider, or the name of the file.
             */
            source: string;
            /**
             * Created At
             * Format: date-time
             * @description When it was refused.
             */
            created_at: string;
            /**
             * Resolution
             * @description What became of it; null: open.
             */
            resolution: ("released" | "dropped") | null;
            /**
             * Resolved At
             * @description When.
             */
            resolved_at: string | null;
            /**
             * Resolved By
             * @description By whom.
             */
            resolved_by: string | null;
            /**
             * Comment
             * @description Why.
             */
            comment: string | null;
        };
        /**
         * ReplayAgreement
         * @description Rules run by themselves against rules that went through the whole replay.
         * @example {
         *       "median_sharpe_difference": 0.01,
         *       "promoted": 2,
         *       "promoted_replayed": 2,
         *       "runs": 240,
         *       "same": 238
         *     }
         */
        ReplayAgreement: {
            /**
             * Runs
             * @description How many.
             */
            runs: number;
            /**
             * Same
             * @description With the same recommendation.
             */
            same: number;
            /**
             * Promoted
             * @description By themselves.
             */
            promoted: number;
            /**
             * Promoted Replayed
             * @description Through the replay.
             */
            promoted_replayed: number;
            /**
             * Median Sharpe Difference
             * @description Of the annual Sharpe ratios.
             */
            median_sharpe_difference: number;
        };
        /**
         * ReplayBody
         * @description What to replay.
         */
        ReplayBody: {
            /**
             * Start Date
             * Format: date
             * @example 2025-07-01
             */
            start_date: string;
            /**
             * End Date
             * Format: date
             * @example 2025-12-31
             */
            end_date: string;
            /**
             * Model Id
             * @example ppo_v20_123456
             */
            model_id: string;
            /**
             * Mode
             * @default replay
             * @constant
             */
            mode: "replay";
            /**
             * Emit Bar Events
             * @default true
             */
            emit_bar_events: boolean;
            /**
             * Speed
             * @default 0
             */
            speed: number;
        };
        /**
         * Resolved
         * @description What a decision on refused rows did.
         * @example {
         *       "ids": [
         *         17
         *       ],
         *       "settled": 1
         *     }
         */
        Resolved: {
            /**
             * Ids
             * @description The rows that were resolved.
             */
            ids: number[];
            /**
             * Settled
             * @description Other open rows that say the same, released with these.
             */
            settled: number;
        };
        /**
         * Result
         * @description The end of a replay.
         */
        Result: {
            /** Success */
            success: boolean;
            /** Total Return */
            total_return: number | null;
            /** Sharpe */
            sharpe: number | null;
            /**
             * Message
             * @default
             */
            message: string;
        };
        /**
         * ResultEvent
         * @description `{type: "result", data: {...}}`.
         */
        ResultEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "result";
            data: components["schemas"]["Result"];
        };
        /**
         * ResumeWord
         * @description Which book trades again after its drawdown, and why.
         * @example {
         *       "book": "ppo_v20-s42",
         *       "comment": "The feed's error is repaired."
         *     }
         */
        ResumeWord: {
            /**
             * Book
             * @description A model that trades, or `account`.
             * @example ppo_v20-s42
             */
            book: string;
            /**
             * Comment
             * @description Why.
             * @example Agreed with the desk on 15 January.
             */
            comment: string;
        };
        /**
         * Resumed
         * @description A book that may trade again from the next bar on.
         * @example {
         *       "book": "account",
         *       "changed_at": "2025-01-15T14:02:11Z",
         *       "changed_by": "olga",
         *       "comment": "The feed's error is repaired."
         *     }
         */
        Resumed: {
            /**
             * Book
             * @description A model, or `account`.
             */
            book: string;
            /**
             * Comment
             * @description Why.
             */
            comment: string;
            /**
             * Changed By
             * @description Who said so.
             */
            changed_by: string;
            /**
             * Changed At
             * Format: date-time
             * @description When.
             */
            changed_at: string;
        };
        /**
         * RiskLimits
         * @description What a book may do; of the account, loss and drawdown.
         * @example {
         *       "confidence_threshold": 0.6,
         *       "cooldown_minutes": 60,
         *       "max_consecutive_losses": 5,
         *       "max_daily_loss": 0.02,
         *       "max_drawdown": 0.15,
         *       "max_position": 1,
         *       "max_trades_per_session": 20
         *     }
         */
        RiskLimits: {
            /**
             * Confidence Threshold
             * @description Below it no new risk is taken.
             */
            confidence_threshold: number;
            /**
             * Max Daily Loss
             * @description Fraction of the equity at the previous session's close; flat until the next session.
             */
            max_daily_loss: number;
            /**
             * Max Drawdown
             * @description Fraction of the peak; flat until an operator resumes.
             */
            max_drawdown: number;
            /**
             * Max Consecutive Losses
             * @description Losing trades in a row that pause the book.
             */
            max_consecutive_losses: number;
            /**
             * Cooldown Minutes
             * @description How long it pauses.
             */
            cooldown_minutes: number;
            /**
             * Max Trades Per Session
             * @description Changes of the position in a session.
             */
            max_trades_per_session: number;
            /**
             * Max Position
             * @description Units of the position.
             */
            max_position: number;
        };
        /**
         * RiskReport
         * @description RiskLimits and what is used of them.
         * @example {
         *       "account": {
         *         "daily_loss": 0.0041,
         *         "daily_loss_breached": false,
         *         "drawdown": 0.0267,
         *         "drawdown_breached": false,
         *         "equity": 10132.4,
         *         "peak": 10410
         *       },
         *       "as_of": "2025-01-15T13:55:00Z",
         *       "books": [
         *         {
         *           "consecutive_losses": 1,
         *           "daily_loss": 0.0041,
         *           "daily_loss_breached": false,
         *           "drawdown": 0.0267,
         *           "drawdown_breached": false,
         *           "equity": 10132.4,
         *           "model_id": "ppo_v20-s42",
         *           "peak": 10410,
         *           "position": 1,
         *           "role": "champion",
         *           "trades_today": 3
         *         }
         *       ],
         *       "kill_switch": false,
         *       "limits": {
         *         "confidence_threshold": 0.6,
         *         "cooldown_minutes": 60,
         *         "max_consecutive_losses": 5,
         *         "max_daily_loss": 0.02,
         *         "max_drawdown": 0.15,
         *         "max_position": 1,
         *         "max_trades_per_session": 20
         *       }
         *     }
         */
        RiskReport: {
            /**
             * As Of
             * @description Open of the newest bar that was decided on; null before the first one.
             */
            as_of: string | null;
            /** @description As they are configured. */
            limits: components["schemas"]["RiskLimits"];
            /**
             * Kill Switch
             * @description Whether everything is flat because somebody said so.
             */
            kill_switch: boolean;
            /** @description The money behind all funded books; null before the first bar. */
            account: components["schemas"]["AccountRisk"] | null;
            /**
             * Books
             * @description Of each model that decides.
             */
            books: components["schemas"]["BookRisk"][];
        };
        /**
         * SecondaryFigure
         * @description A metric that is shown and decides nothing.
         * @example {
         *       "high": 2.6,
         *       "interval_of": "seeds",
         *       "low": -0.91,
         *       "value": 0.84
         *     }
         */
        SecondaryFigure: {
            /**
             * Value
             * @description Null where it is no number, as the ends.
             */
            value: number | null;
            /**
             * Low
             * @description Lower end, at 95 %.
             */
            low: number | null;
            /**
             * High
             * @description Upper end.
             */
            high: number | null;
            /**
             * Interval Of
             * @description A bootstrap of the sessions; or the mean of the seeds, with the lowest and the highest.
             * @enum {string}
             */
            interval_of: "sessions" | "seeds";
        };
        /**
         * SeedDistribution
         * @description How the seeds did over a window at one multiple of the costs.
         * @example {
         *       "baselines": {
         *         "buy_and_hold": {
         *           "sharpe": 0.4,
         *           "total_return": 0.03
         *         }
         *       },
         *       "max_drawdown": {
         *         "lower": -0.3,
         *         "maximum": 1.4,
         *         "median": 0.2,
         *         "minimum": -1.2,
         *         "upper": 0.6
         *       },
         *       "sharpe": {
         *         "lower": -0.3,
         *         "maximum": 1.4,
         *         "median": 0.2,
         *         "minimum": -1.2,
         *         "upper": 0.6
         *       },
         *       "total_return": {
         *         "lower": -0.3,
         *         "maximum": 1.4,
         *         "median": 0.2,
         *         "minimum": -1.2,
         *         "upper": 0.6
         *       }
         *     }
         */
        SeedDistribution: {
            /** @description Annual. */
            sharpe: components["schemas"]["Spread"];
            /** @description As a share. */
            total_return: components["schemas"]["Spread"];
            /** @description Of session closes, as a share. */
            max_drawdown: components["schemas"]["Spread"];
            /**
             * Baselines
             * @description `flat`, `buy_and_hold` and `sell_and_hold`.
             */
            baselines: {
                [key: string]: components["schemas"]["StrategyOutcome"];
            };
        };
        /**
         * SeriesFreshness
         * @description The newest value of one macro series that is known, and its age.
         * @example {
         *       "age_days": 1,
         *       "critical": true,
         *       "frequency": "daily",
         *       "limit_days": 5,
         *       "period": "2025-01-14",
         *       "series": "VIX",
         *       "source": "fred",
         *       "state": "fresh",
         *       "unit": "index",
         *       "value": 18.7
         *     }
         */
        SeriesFreshness: {
            /**
             * Series
             * @description Its name in the catalogue.
             */
            series: string;
            /**
             * Source
             * @description The provider: of the value, or that it should come from.
             */
            source: string;
            /**
             * Frequency
             * @description How often it is published.
             * @enum {string}
             */
            frequency: "daily" | "monthly" | "quarterly";
            /**
             * Critical
             * @description Whether features need it.
             */
            critical: boolean;
            /**
             * State
             * @description Whether the value can be used; `none`: there is no value.
             * @enum {string}
             */
            state: "fresh" | "stale" | "none";
            /**
             * Period
             * @description That the value is of.
             */
            period: string | null;
            /**
             * Value
             * @description In `unit`.
             */
            value: number | null;
            /**
             * Unit
             * @description Of the value.
             */
            unit: string;
            /**
             * Age Days
             * @description From the period's date to today's, in Bogota.
             */
            age_days: number | null;
            /**
             * Limit Days
             * @description Oldest age at which the value is used; null without one.
             */
            limit_days: number | null;
        };
        /**
         * SeriesQuality
         * @description How complete and how fresh a macro series is.
         * @example {
         *       "age_s": 61200,
         *       "assumed_lag_s": -6300,
         *       "completeness": 1,
         *       "critical": true,
         *       "newest_period": "2025-01-14",
         *       "observed_lag_s": -9000,
         *       "series": "VIX"
         *     }
         */
        SeriesQuality: {
            /**
             * Series
             * @description Its name in the catalogue.
             */
            series: string;
            /**
             * Critical
             * @description Whether features need it.
             */
            critical: boolean;
            /**
             * Completeness
             * @description Share of the last 20 sessions whose features would find a value; null of slower series.
             */
            completeness: number | null;
            /**
             * Newest Period
             * @description Of the values that are published by now.
             */
            newest_period: string | null;
            /**
             * Age S
             * @description Seconds since the end of that period.
             */
            age_s: number | null;
            /**
             * Observed Lag S
             * @description Median seconds from a period's end to its publication, as it was seen.
             */
            observed_lag_s: number | null;
            /**
             * Assumed Lag S
             * @description Seconds from the newest period's end to when its value counts as known.
             */
            assumed_lag_s: number | null;
        };
        /**
         * SessionGroup
         * @description What the sessions of one kind brought, as if they had followed each other.
         */
        SessionGroup: {
            /**
             * Name
             * @description Of the kind.
             */
            name: string;
            /**
             * Sessions
             * @description How many there were.
             */
            sessions: number;
            /**
             * Total Return
             * @description Compounded.
             */
            total_return: number;
            /**
             * Sharpe Ratio
             * @description Annual; null for too few sessions, or none that moved.
             */
            sharpe_ratio: number | null;
            /**
             * Trades
             * @description Entered in these sessions.
             */
            trades: number;
        };
        /**
         * SessionState
         * @description Who is logged in, and what a browser has to say with changes.
         */
        SessionState: {
            /**
             * Account
             * @example os:olga
             */
            account: string;
            role: components["schemas"]["cambio__contracts__accounts__Role"];
            /**
             * Home
             * @example /home/olga/market
             */
            home: string;
            /** Csrf Token */
            csrf_token?: string | null;
            /** Ends At */
            ends_at?: string | null;
        };
        /**
         * SignalDetail
         * @description A signal with what the policy saw.
         * @example {
         *       "action": "BUY",
         *       "blocked_by": [
         *         "max_trades"
         *       ],
         *       "confidence": 0.71,
         *       "equity": 10132.4,
         *       "late": false,
         *       "latency_ms": 1.7,
         *       "model_id": "ppo_v20-s42",
         *       "observation": {
         *         "adx_14": 0.25,
         *         "atr_pct": 0.25,
         *         "brent_change_1d": 0.25,
         *         "dxy_change_1d": 0.25,
         *         "dxy_z": 0.25,
         *         "embi_z": 0.25,
         *         "log_ret_1h": 0.25,
         *         "log_ret_4h": 0.25,
         *         "log_ret_5m": 0.25,
         *         "position": 0.25,
         *         "rate_spread": 0.25,
         *         "rsi_9": 0.25,
         *         "time_normalized": 0.25,
         *         "usdmxn_change_1d": 0.25,
         *         "vix_z": 0.25
         *       },
         *       "position": 0,
         *       "price": 4312.5,
         *       "requested": 1,
         *       "role": "champion",
         *       "signal_id": "ppo_v20-s42@20250115T1355Z",
         *       "target": 0,
         *       "timestamp": "2025-01-15T13:55:00Z"
         *     }
         */
        SignalDetail: {
            /**
             * Signal Id
             * @description Model and bar.
             */
            signal_id: string;
            /**
             * Timestamp
             * Format: date-time
             * @description Open of the bar.
             */
            timestamp: string;
            /**
             * Model Id
             * @description Who decided.
             */
            model_id: string;
            /**
             * Role
             * @description What the model was then; `paper`: of `cambio paper`.
             * @enum {string}
             */
            role: "champion" | "challenger" | "shadow" | "paper";
            /**
             * Action
             * @description What the policy asked for; HOLD keeps what is held.
             * @enum {string}
             */
            action: "SELL" | "HOLD" | "BUY";
            /**
             * Confidence
             * @description Probability that the policy gave to the action.
             */
            confidence: number;
            /**
             * Price
             * @description Close of the bar, COP per USD.
             */
            price: number;
            /**
             * Requested
             * @description The position that the action means: −1, 0 or 1.
             */
            requested: number;
            /**
             * Target
             * @description The position that risk allows from the next open on.
             */
            target: number;
            /**
             * Position
             * @description What the book held at the bar's close.
             */
            position: number;
            /**
             * Equity
             * @description What the book was worth at the bar's close.
             */
            equity: number;
            /**
             * Blocked By
             * @description Every check that spoke against the request.
             */
            blocked_by: components["schemas"]["Reason"][];
            /**
             * Late
             * @description Whether the bar came too late to be traded on.
             */
            late: boolean;
            /**
             * Latency Ms
             * @description From the bar's arrival until this was stored; null of `cambio paper`.
             */
            latency_ms: number | null;
            /**
             * Observation
             * @description The 15 features by name, normalised; null where one was missing.
             */
            observation: {
                [key: string]: number;
            } | null;
        };
        /**
         * SignalEvent
         * @description `{type: "signal", data: {...}}`.
         */
        SignalEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "signal";
            data: components["schemas"]["SignalMark"];
        };
        /**
         * SignalMark
         * @description A decision; `Signal.to_dict()` gives it.
         */
        SignalMark: {
            /** Signal Id */
            signal_id: string;
            /**
             * Timestamp
             * Format: date-time
             */
            timestamp: string;
            /** Model Id */
            model_id: string;
            /** Role */
            role: string;
            /**
             * Action
             * @enum {string}
             */
            action: "SELL" | "HOLD" | "BUY";
            /** Confidence */
            confidence: number;
            /** Price */
            price: number;
            /** Requested */
            requested: number;
            /** Target */
            target: number;
            /** Position */
            position: number;
            /** Equity */
            equity: number;
            /** Blocked By */
            blocked_by: string[];
            /** Late */
            late: boolean;
        };
        /**
         * SignalPage
         * @description Signals, newest first, then by model.
         * @example {
         *       "items": [
         *         {
         *           "action": "BUY",
         *           "blocked_by": [
         *             "max_trades"
         *           ],
         *           "confidence": 0.71,
         *           "equity": 10132.4,
         *           "late": false,
         *           "latency_ms": 1.7,
         *           "model_id": "ppo_v20-s42",
         *           "position": 0,
         *           "price": 4312.5,
         *           "requested": 1,
         *           "role": "champion",
         *           "signal_id": "ppo_v20-s42@20250115T1355Z",
         *           "target": 0,
         *           "timestamp": "2025-01-15T13:55:00Z"
         *         }
         *       ]
         *     }
         */
        SignalPage: {
            /**
             * Next Cursor
             * @description What `cursor` takes for the part that follows; null on the last one.
             */
            next_cursor: string | null;
            /**
             * Items
             * @description The signals.
             */
            items: components["schemas"]["SignalSummary"][];
        };
        /**
         * SignalSummary
         * @description What a model decided on a bar, and what risk made of it.
         * @example {
         *       "action": "BUY",
         *       "blocked_by": [
         *         "max_trades"
         *       ],
         *       "confidence": 0.71,
         *       "equity": 10132.4,
         *       "late": false,
         *       "latency_ms": 1.7,
         *       "model_id": "ppo_v20-s42",
         *       "position": 0,
         *       "price": 4312.5,
         *       "requested": 1,
         *       "role": "champion",
         *       "signal_id": "ppo_v20-s42@20250115T1355Z",
         *       "target": 0,
         *       "timestamp": "2025-01-15T13:55:00Z"
         *     }
         */
        SignalSummary: {
            /**
             * Signal Id
             * @description Model and bar.
             */
            signal_id: string;
            /**
             * Timestamp
             * Format: date-time
             * @description Open of the bar.
             */
            timestamp: string;
            /**
             * Model Id
             * @description Who decided.
             */
            model_id: string;
            /**
             * Role
             * @description What the model was then; `paper`: of `cambio paper`.
             * @enum {string}
             */
            role: "champion" | "challenger" | "shadow" | "paper";
            /**
             * Action
             * @description What the policy asked for; HOLD keeps what is held.
             * @enum {string}
             */
            action: "SELL" | "HOLD" | "BUY";
            /**
             * Confidence
             * @description Probability that the policy gave to the action.
             */
            confidence: number;
            /**
             * Price
             * @description Close of the bar, COP per USD.
             */
            price: number;
            /**
             * Requested
             * @description The position that the action means: −1, 0 or 1.
             */
            requested: number;
            /**
             * Target
             * @description The position that risk allows from the next open on.
             */
            target: number;
            /**
             * Position
             * @description What the book held at the bar's close.
             */
            position: number;
            /**
             * Equity
             * @description What the book was worth at the bar's close.
             */
            equity: number;
            /**
             * Blocked By
             * @description Every check that spoke against the request.
             */
            blocked_by: components["schemas"]["Reason"][];
            /**
             * Late
             * @description Whether the bar came too late to be traded on.
             */
            late: boolean;
            /**
             * Latency Ms
             * @description From the bar's arrival until this was stored; null of `cambio paper`.
             */
            latency_ms: number | null;
        };
        /**
         * SourceQuality
         * @description How a provider has answered.
         * @example {
         *       "error_rate": 0.0164,
         *       "failed_ever": 14,
         *       "failures": 1,
         *       "last_failure": "2025-01-15T13:10:04Z",
         *       "ok_ever": 5120,
         *       "requests": 61,
         *       "source": "twelvedata"
         *     }
         */
        SourceQuality: {
            /**
             * Source
             * @description Its name.
             */
            source: string;
            /**
             * Requests
             * @description In the last 24 hours.
             */
            requests: number;
            /**
             * Failures
             * @description Of those.
             */
            failures: number;
            /**
             * Error Rate
             * @description Null without a request in the last 24 hours.
             */
            error_rate: number | null;
            /**
             * Ok Ever
             * @description Requests that succeeded, ever.
             */
            ok_ever: number;
            /**
             * Failed Ever
             * @description Requests that failed, ever.
             */
            failed_ever: number;
            /**
             * Last Failure
             * @description When the last request that failed was made.
             */
            last_failure: string | null;
        };
        /**
         * Split
         * @description A part of the dataset.
         */
        Split: {
            /**
             * Start
             * Format: date
             * @description First day of its range.
             */
            start: string;
            /**
             * End
             * Format: date
             * @description Last day of its range.
             */
            end: string;
            /**
             * Rows
             * @description Bars in it.
             */
            rows: number;
        };
        /**
         * Spread
         * @description A distribution over seeds in five figures.
         * @example {
         *       "lower": -0.3,
         *       "maximum": 1.4,
         *       "median": 0.2,
         *       "minimum": -1.2,
         *       "upper": 0.6
         *     }
         */
        Spread: {
            /**
             * Minimum
             * @description The worst seed.
             */
            minimum: number;
            /**
             * Lower
             * @description First quartile.
             */
            lower: number;
            /**
             * Median
             * @description Half of the seeds are below.
             */
            median: number;
            /**
             * Upper
             * @description Third quartile.
             */
            upper: number;
            /**
             * Maximum
             * @description The best seed.
             */
            maximum: number;
        };
        /**
         * Status
         * @description What became of a deployment. The champion is who is active in the registry, and has none.
         * @enum {string}
         */
        Status: "RUNNING" | "PROMOTED" | "ROLLED_BACK" | "STOPPED";
        /**
         * StoredEvent
         * @description Something that happened, as the live stream told it.
         * @example {
         *       "data": {
         *         "details": {},
         *         "subject": "ppo_v20-s42",
         *         "text": "It lost 2 % today."
         *       },
         *       "id": 812,
         *       "subject": "ppo_v20-s42",
         *       "time": "2025-01-15T13:55:00Z",
         *       "type": "breach"
         *     }
         */
        StoredEvent: {
            /**
             * Id
             * @description Ascending in the order of what was committed.
             */
            id: number;
            /**
             * Time
             * Format: date-time
             * @description Open of the bar, or when it happened.
             */
            time: string;
            /**
             * Type
             * @description What kind.
             */
            type: string;
            /**
             * Subject
             * @description What it is about: a model, a proposal, `account` or `engine`.
             */
            subject: string;
            /**
             * Data
             * @description By the type.
             */
            data: {
                [key: string]: unknown;
            };
        };
        /**
         * StrategyOutcome
         * @description How one strategy did: a baseline, or the seeds joined.
         * @example {
         *       "sharpe": 0.4,
         *       "total_return": 0.03
         *     }
         */
        StrategyOutcome: {
            /**
             * Sharpe
             * @description Annual.
             */
            sharpe: number;
            /**
             * Total Return
             * @description As a share.
             */
            total_return: number;
        };
        /**
         * StreamEvent
         * @description `stale`: the database is away; `live`: it is back; `gap`: events are missing before this.
         *
         *     It has no id: nothing is to be resumed after it.
         */
        StreamEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "stale" | "live" | "gap";
            data: components["schemas"]["Words"];
        };
        /**
         * Trade
         * @description A round trip of a live book.
         * @example {
         *       "entry_price": 4296,
         *       "entry_time": "2025-01-15T13:20:00Z",
         *       "exit_price": 4313,
         *       "exit_time": "2025-01-15T14:00:00Z",
         *       "model_id": "ppo_v20-s42",
         *       "pnl": 37.2,
         *       "side": "LONG"
         *     }
         */
        Trade: {
            /**
             * Model Id
             * @description Whose book.
             */
            model_id: string;
            /**
             * Side
             * @description What was held.
             * @enum {string}
             */
            side: "LONG" | "SHORT";
            /**
             * Entry Time
             * Format: date-time
             * @description Open of the bar at which it began.
             */
            entry_time: string;
            /**
             * Exit Time
             * Format: date-time
             * @description Open of the bar at which it ended.
             */
            exit_time: string;
            /**
             * Entry Price
             * @description Mid price, COP per USD.
             */
            entry_price: number;
            /**
             * Exit Price
             * @description Mid price, COP per USD.
             */
            exit_price: number;
            /**
             * Pnl
             * @description Net of costs and financing, account currency.
             */
            pnl: number;
        };
        /**
         * TradeEvent
         * @description `{type: "trade", data: {...}}`.
         */
        TradeEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "trade";
            data: components["schemas"]["TradeMark"];
        };
        /**
         * TradeMark
         * @description A fill, and the net result of the trade that it closed.
         */
        TradeMark: {
            /**
             * Timestamp
             * Format: date-time
             */
            timestamp: string;
            /**
             * Side
             * @enum {string}
             */
            side: "BUY" | "SELL";
            /** Entry Price */
            entry_price: number;
            /** Pnl */
            pnl: number | null;
            /** Model Id */
            model_id: string;
        };
        /**
         * TradePage
         * @description Trades that have ended, the newest first, then by model.
         * @example {
         *       "items": [
         *         {
         *           "entry_price": 4296,
         *           "entry_time": "2025-01-15T13:20:00Z",
         *           "exit_price": 4313,
         *           "exit_time": "2025-01-15T14:00:00Z",
         *           "model_id": "ppo_v20-s42",
         *           "pnl": 37.2,
         *           "side": "LONG"
         *         }
         *       ]
         *     }
         */
        TradePage: {
            /**
             * Next Cursor
             * @description What `cursor` takes for the part that follows; null on the last one.
             */
            next_cursor: string | null;
            /**
             * Items
             * @description The trades.
             */
            items: components["schemas"]["Trade"][];
        };
        /**
         * TradesOfKind
         * @description What one kind of trade brought; null where there was no trade.
         */
        TradesOfKind: {
            /**
             * Kind
             * @description Its name.
             */
            kind: string;
            /**
             * Trades
             * @description How many there were.
             */
            trades: number;
            /**
             * Win Rate
             * @description Fraction that ended above zero.
             */
            win_rate: number | null;
            /**
             * Result
             * @description Net, account currency.
             */
            result: number;
            /**
             * Mean
             * @description Net result of a trade.
             */
            mean: number | null;
            /**
             * Best
             * @description The highest.
             */
            best: number | null;
            /**
             * Worst
             * @description The lowest.
             */
            worst: number | null;
            /**
             * Hours
             * @description Median time from entry to exit; a night counts in full.
             */
            hours: number | null;
        };
        /**
         * TrialPage
         * @description The trial ledger: its looks, newest first, and the windows that they were at.
         * @example {
         *       "confidence": 0.95,
         *       "items": [
         *         {
         *           "experiment": "ppo_v20",
         *           "model_id": "ppo_v20-s42",
         *           "sessions": 121,
         *           "sharpe_ratio": 1.31,
         *           "when": "2025-01-08T21:35:00Z",
         *           "window": {
         *             "end": "2024-12-31",
         *             "start": "2024-07-01"
         *           }
         *         }
         *       ],
         *       "windows": [
         *         {
         *           "looks": 4,
         *           "luck": 0.9,
         *           "needed": 3.2,
         *           "sessions": 121,
         *           "window": {
         *             "end": "2024-12-31",
         *             "start": "2024-07-01"
         *           }
         *         }
         *       ]
         *     }
         */
        TrialPage: {
            /**
             * Next Cursor
             * @description What `cursor` takes for the part that follows; null on the last one.
             */
            next_cursor: string | null;
            /**
             * Items
             * @description The looks.
             */
            items: components["schemas"]["Look"][];
            /**
             * Windows
             * @description Every window of the ledger, on each part of the list.
             */
            windows: components["schemas"]["WindowState"][];
            /**
             * Confidence
             * @description Deflated Sharpe ratio that the gate asks for; `needed` stands on it.
             */
            confidence: number;
        };
        /**
         * VariantSeed
         * @description One seed of a variant.
         * @example {
         *       "model_id": "ppo_v21-s42",
         *       "seed": 42,
         *       "sharpe_ratio": 0.8,
         *       "total_return": 0.04
         *     }
         */
        VariantSeed: {
            /**
             * Seed
             * @description Of the training.
             */
            seed: number;
            /**
             * Model Id
             * @description That was trained.
             */
            model_id: string;
            /**
             * Sharpe Ratio
             * @description Annual; null where it is no number.
             */
            sharpe_ratio: number | null;
            /**
             * Total Return
             * @description As a share; null where it is no number.
             */
            total_return: number | null;
        };
        /**
         * VerdictCheck
         * @description One condition of the verdict.
         * @example {
         *       "explanation": "the lower quartile of the seeds’ Sharpe ratio at twice the costs is −0.70, not above 0",
         *       "passed": false,
         *       "rival": "",
         *       "rule": "lower quartile at ×2 costs",
         *       "threshold": 0,
         *       "value": -0.7
         *     }
         */
        VerdictCheck: {
            /**
             * Rule
             * @description Its name.
             */
            rule: string;
            /**
             * Value
             * @description What was found.
             */
            value: number;
            /**
             * Threshold
             * @description What it has to be above; of `seeds`, at least.
             */
            threshold: number;
            /**
             * Passed
             * @description Whether it is.
             */
            passed: boolean;
            /**
             * Explanation
             * @description In words.
             */
            explanation: string;
            /**
             * Rival
             * @description What the median seed is held against; empty where it is not.
             */
            rival: string;
        };
        /**
         * WalkForward
         * @description What a walk-forward found, and its verdict.
         * @example {
         *       "cells": [
         *         {
         *           "fold": 1,
         *           "model_id": "walk_forward_v1-f1-s42",
         *           "random_percentile": 71.2,
         *           "seed": 42,
         *           "sharpe_ratio": {
         *             "x1": 0.31,
         *             "x2": -0.4
         *           },
         *           "trades": 84,
         *           "window": {
         *             "end": "2024-12-31",
         *             "start": "2024-07-01"
         *           }
         *         }
         *       ],
         *       "checks": [
         *         {
         *           "explanation": "the lower quartile of the seeds’ Sharpe ratio at twice the costs is −0.70, not above 0",
         *           "passed": false,
         *           "rival": "",
         *           "rule": "lower quartile at ×2 costs",
         *           "threshold": 0,
         *           "value": -0.7
         *         }
         *       ],
         *       "created_at": "2026-01-05T15:12:00Z",
         *       "edge": false,
         *       "ensemble": {
         *         "at_costs": {
         *           "x1": {
         *             "sharpe": 0.4,
         *             "total_return": 0.03
         *           }
         *         },
         *         "conclusion": {
         *           "falls": [],
         *           "finding": "stands",
         *           "rests_on": [
         *             "atr_pct"
         *           ],
         *           "unclear": []
         *         },
         *         "models": [
         *           "walk_forward_v1-f1-ensemble-1a2b3c4d"
         *         ],
         *         "sharpes": [
         *           0.6
         *         ],
         *         "statistics": {
         *           "deflated_sharpe": 0.59,
         *           "minimum_track_record": 2140,
         *           "probabilistic_sharpe": 0.98,
         *           "selection_benchmark": 1.2,
         *           "trials": 96
         *         }
         *       },
         *       "experiment": "walk_forward_v1",
         *       "folds": [
         *         {
         *           "at_costs": {
         *             "x1": {
         *               "baselines": {
         *                 "buy_and_hold": {
         *                   "sharpe": 0.4,
         *                   "total_return": 0.03
         *                 }
         *               },
         *               "max_drawdown": {
         *                 "lower": -0.3,
         *                 "maximum": 1.4,
         *                 "median": 0.2,
         *                 "minimum": -1.2,
         *                 "upper": 0.6
         *               },
         *               "sharpe": {
         *                 "lower": -0.3,
         *                 "maximum": 1.4,
         *                 "median": 0.2,
         *                 "minimum": -1.2,
         *                 "upper": 0.6
         *               },
         *               "total_return": {
         *                 "lower": -0.3,
         *                 "maximum": 1.4,
         *                 "median": 0.2,
         *                 "minimum": -1.2,
         *                 "upper": 0.6
         *               }
         *             }
         *           },
         *           "fold": 1,
         *           "random": {
         *             "high": 1.3,
         *             "median": -0.9
         *           },
         *           "ranges": {
         *             "test": {
         *               "end": "2024-12-31",
         *               "start": "2024-07-01"
         *             },
         *             "training": {
         *               "end": "2023-12-29",
         *               "start": "2022-01-03"
         *             },
         *             "validation": {
         *               "end": "2024-06-28",
         *               "start": "2024-01-02"
         *             }
         *           },
         *           "sharpes": [
         *             0.31,
         *             -0.1,
         *             0.2
         *           ],
         *           "trades": {
         *             "lower": -0.3,
         *             "maximum": 1.4,
         *             "median": 0.2,
         *             "minimum": -1.2,
         *             "upper": 0.6
         *           }
         *         }
         *       ],
         *       "lineage": {
         *         "run": "9f8e7d6c5b4a3928"
         *       },
         *       "name": "walk_forward_v1-walk-forward-1a2b3c4d",
         *       "notices": [],
         *       "shares": {
         *         "above_buy_and_hold": 14,
         *         "above_random": 2,
         *         "above_zero": 17,
         *         "cells": 30
         *       },
         *       "stitched": {
         *         "x1": {
         *           "baselines": {
         *             "buy_and_hold": {
         *               "sharpe": 0.4,
         *               "total_return": 0.03
         *             }
         *           },
         *           "max_drawdown": {
         *             "lower": -0.3,
         *             "maximum": 1.4,
         *             "median": 0.2,
         *             "minimum": -1.2,
         *             "upper": 0.6
         *           },
         *           "sharpe": {
         *             "lower": -0.3,
         *             "maximum": 1.4,
         *             "median": 0.2,
         *             "minimum": -1.2,
         *             "upper": 0.6
         *           },
         *           "total_return": {
         *             "lower": -0.3,
         *             "maximum": 1.4,
         *             "median": 0.2,
         *             "minimum": -1.2,
         *             "upper": 0.6
         *           }
         *         }
         *       },
         *       "stitched_random": {
         *         "high": 1.3,
         *         "median": -0.9
         *       },
         *       "trials": {
         *         "here": 30,
         *         "overlapping": 96
         *       },
         *       "verdict": "No edge was found. The lower quartile of the seeds’ Sharpe ratio at twice the costs is −0.70, not above 0."
         *     }
         */
        WalkForward: {
            /**
             * Name
             * @description Of the record, and of the page among the reports.
             */
            name: string;
            /**
             * Created At
             * Format: date-time
             * @description When the run ended.
             */
            created_at: string;
            /**
             * Experiment
             * @description That was run.
             */
            experiment: string;
            /**
             * Edge
             * @description Whether an edge is claimed.
             */
            edge: boolean;
            /**
             * Verdict
             * @description In words, with its reasons.
             */
            verdict: string;
            /**
             * Checks
             * @description What the verdict rests on.
             */
            checks: components["schemas"]["VerdictCheck"][];
            /**
             * Cells
             * @description By fold, then by seed.
             */
            cells: components["schemas"]["WalkForwardCell"][];
            /**
             * Folds
             * @description In time.
             */
            folds: components["schemas"]["WalkForwardFold"][];
            /**
             * Stitched
             * @description Over all folds, one after the other, by multiple of the costs.
             */
            stitched: {
                [key: string]: components["schemas"]["SeedDistribution"];
            };
            /** @description The same of random traders. */
            stitched_random: components["schemas"]["RandomSpread"];
            /**
             * @description The seeds of each fold as one policy; null where their models were gone, or in a record of
             *     before it was reckoned.
             */
            ensemble?: components["schemas"]["JoinedSeeds"] | null;
            /** @description How many cells were better than what. */
            shares: components["schemas"]["BetterCells"];
            /** @description Looks that it took. */
            trials: components["schemas"]["LooksTaken"];
            /**
             * Notices
             * @description What to know before reading on.
             */
            notices: string[];
            /**
             * Lineage
             * @description What it was made from.
             */
            lineage: {
                [key: string]: string;
            };
        };
        /**
         * WalkForwardCell
         * @description One fold with one seed.
         * @example {
         *       "fold": 1,
         *       "model_id": "walk_forward_v1-f1-s42",
         *       "random_percentile": 71.2,
         *       "seed": 42,
         *       "sharpe_ratio": {
         *         "x1": 0.31,
         *         "x2": -0.4
         *       },
         *       "trades": 84,
         *       "window": {
         *         "end": "2024-12-31",
         *         "start": "2024-07-01"
         *       }
         *     }
         */
        WalkForwardCell: {
            /**
             * Fold
             * @description From 1.
             */
            fold: number;
            /**
             * Seed
             * @description Of the training.
             */
            seed: number;
            /**
             * Model Id
             * @description That was trained.
             */
            model_id: string;
            /** @description The test sessions. */
            window: components["schemas"]["Window"];
            /**
             * Sharpe Ratio
             * @description Annual, by multiple of the costs (`x1`, `x2` ...); 0 where nothing moved.
             */
            sharpe_ratio: {
                [key: string]: number;
            };
            /**
             * Trades
             * @description In the window.
             */
            trades: number;
            /**
             * Random Percentile
             * @description Standing among random traders with its own turnover, 0 to 100, as the gate counts it.
             */
            random_percentile: number;
        };
        /**
         * WalkForwardFold
         * @description One fold over its seeds.
         * @example {
         *       "at_costs": {
         *         "x1": {
         *           "baselines": {
         *             "buy_and_hold": {
         *               "sharpe": 0.4,
         *               "total_return": 0.03
         *             }
         *           },
         *           "max_drawdown": {
         *             "lower": -0.3,
         *             "maximum": 1.4,
         *             "median": 0.2,
         *             "minimum": -1.2,
         *             "upper": 0.6
         *           },
         *           "sharpe": {
         *             "lower": -0.3,
         *             "maximum": 1.4,
         *             "median": 0.2,
         *             "minimum": -1.2,
         *             "upper": 0.6
         *           },
         *           "total_return": {
         *             "lower": -0.3,
         *             "maximum": 1.4,
         *             "median": 0.2,
         *             "minimum": -1.2,
         *             "upper": 0.6
         *           }
         *         }
         *       },
         *       "fold": 1,
         *       "random": {
         *         "high": 1.3,
         *         "median": -0.9
         *       },
         *       "ranges": {
         *         "test": {
         *           "end": "2024-12-31",
         *           "start": "2024-07-01"
         *         },
         *         "training": {
         *           "end": "2023-12-29",
         *           "start": "2022-01-03"
         *         },
         *         "validation": {
         *           "end": "2024-06-28",
         *           "start": "2024-01-02"
         *         }
         *       },
         *       "sharpes": [
         *         0.31,
         *         -0.1,
         *         0.2
         *       ],
         *       "trades": {
         *         "lower": -0.3,
         *         "maximum": 1.4,
         *         "median": 0.2,
         *         "minimum": -1.2,
         *         "upper": 0.6
         *       }
         *     }
         */
        WalkForwardFold: {
            /**
             * Fold
             * @description From 1.
             */
            fold: number;
            /** @description Its sessions. */
            ranges: components["schemas"]["FoldRanges"];
            /**
             * Sharpes
             * @description Annual, at the costs as they are, in the order of the seeds.
             */
            sharpes: number[];
            /** @description How many. */
            trades: components["schemas"]["Spread"];
            /**
             * At Costs
             * @description By multiple of the costs.
             */
            at_costs: {
                [key: string]: components["schemas"]["SeedDistribution"];
            };
            /** @description At the costs as they are. */
            random: components["schemas"]["RandomSpread"];
        };
        /**
         * WalkForwardPage
         * @description Walk-forwards, the newest first.
         * @example {
         *       "items": [
         *         {
         *           "cells": [
         *             {
         *               "fold": 1,
         *               "model_id": "walk_forward_v1-f1-s42",
         *               "random_percentile": 71.2,
         *               "seed": 42,
         *               "sharpe_ratio": {
         *                 "x1": 0.31,
         *                 "x2": -0.4
         *               },
         *               "trades": 84,
         *               "window": {
         *                 "end": "2024-12-31",
         *                 "start": "2024-07-01"
         *               }
         *             }
         *           ],
         *           "checks": [
         *             {
         *               "explanation": "the lower quartile of the seeds’ Sharpe ratio at twice the costs is −0.70, not above 0",
         *               "passed": false,
         *               "rival": "",
         *               "rule": "lower quartile at ×2 costs",
         *               "threshold": 0,
         *               "value": -0.7
         *             }
         *           ],
         *           "created_at": "2026-01-05T15:12:00Z",
         *           "edge": false,
         *           "ensemble": {
         *             "at_costs": {
         *               "x1": {
         *                 "sharpe": 0.4,
         *                 "total_return": 0.03
         *               }
         *             },
         *             "conclusion": {
         *               "falls": [],
         *               "finding": "stands",
         *               "rests_on": [
         *                 "atr_pct"
         *               ],
         *               "unclear": []
         *             },
         *             "models": [
         *               "walk_forward_v1-f1-ensemble-1a2b3c4d"
         *             ],
         *             "sharpes": [
         *               0.6
         *             ],
         *             "statistics": {
         *               "deflated_sharpe": 0.59,
         *               "minimum_track_record": 2140,
         *               "probabilistic_sharpe": 0.98,
         *               "selection_benchmark": 1.2,
         *               "trials": 96
         *             }
         *           },
         *           "experiment": "walk_forward_v1",
         *           "folds": [
         *             {
         *               "at_costs": {
         *                 "x1": {
         *                   "baselines": {
         *                     "buy_and_hold": {
         *                       "sharpe": 0.4,
         *                       "total_return": 0.03
         *                     }
         *                   },
         *                   "max_drawdown": {
         *                     "lower": -0.3,
         *                     "maximum": 1.4,
         *                     "median": 0.2,
         *                     "minimum": -1.2,
         *                     "upper": 0.6
         *                   },
         *                   "sharpe": {
         *                     "lower": -0.3,
         *                     "maximum": 1.4,
         *                     "median": 0.2,
         *                     "minimum": -1.2,
         *                     "upper": 0.6
         *                   },
         *                   "total_return": {
         *                     "lower": -0.3,
         *                     "maximum": 1.4,
         *                     "median": 0.2,
         *                     "minimum": -1.2,
         *                     "upper": 0.6
         *                   }
         *                 }
         *               },
         *               "fold": 1,
         *               "random": {
         *                 "high": 1.3,
         *                 "median": -0.9
         *               },
         *               "ranges": {
         *                 "test": {
         *                   "end": "2024-12-31",
         *                   "start": "2024-07-01"
         *                 },
         *                 "training": {
         *                   "end": "2023-12-29",
         *                   "start": "2022-01-03"
         *                 },
         *                 "validation": {
         *                   "end": "2024-06-28",
         *                   "start": "2024-01-02"
         *                 }
         *               },
         *               "sharpes": [
         *                 0.31,
         *                 -0.1,
         *                 0.2
         *               ],
         *               "trades": {
         *                 "lower": -0.3,
         *                 "maximum": 1.4,
         *                 "median": 0.2,
         *                 "minimum": -1.2,
         *                 "upper": 0.6
         *               }
         *             }
         *           ],
         *           "lineage": {
         *             "run": "9f8e7d6c5b4a3928"
         *           },
         *           "name": "walk_forward_v1-walk-forward-1a2b3c4d",
         *           "notices": [],
         *           "shares": {
         *             "above_buy_and_hold": 14,
         *             "above_random": 2,
         *             "above_zero": 17,
         *             "cells": 30
         *           },
         *           "stitched": {
         *             "x1": {
         *               "baselines": {
         *                 "buy_and_hold": {
         *                   "sharpe": 0.4,
         *                   "total_return": 0.03
         *                 }
         *               },
         *               "max_drawdown": {
         *                 "lower": -0.3,
         *                 "maximum": 1.4,
         *                 "median": 0.2,
         *                 "minimum": -1.2,
         *                 "upper": 0.6
         *               },
         *               "sharpe": {
         *                 "lower": -0.3,
         *                 "maximum": 1.4,
         *                 "median": 0.2,
         *                 "minimum": -1.2,
         *                 "upper": 0.6
         *               },
         *               "total_return": {
         *                 "lower": -0.3,
         *                 "maximum": 1.4,
         *                 "median": 0.2,
         *                 "minimum": -1.2,
         *                 "upper": 0.6
         *               }
         *             }
         *           },
         *           "stitched_random": {
         *             "high": 1.3,
         *             "median": -0.9
         *           },
         *           "trials": {
         *             "here": 30,
         *             "overlapping": 96
         *           },
         *           "verdict": "No edge was found. The lower quartile of the seeds’ Sharpe ratio at twice the costs is −0.70, not above 0."
         *         }
         *       ],
         *       "unreadable": []
         *     }
         */
        WalkForwardPage: {
            /**
             * Next Cursor
             * @description What `cursor` takes for the part that follows; null on the last one.
             */
            next_cursor: string | null;
            /**
             * Unreadable
             * @description Records that can't be read, of another version maybe: running the same again mends them.
             */
            unreadable: string[];
            /**
             * Items
             * @description The runs.
             */
            items: components["schemas"]["WalkForward"][];
        };
        /**
         * Window
         * @description Sessions from a date to another, both included.
         * @example {
         *       "end": "2024-12-31",
         *       "start": "2024-07-01"
         *     }
         */
        Window: {
            /**
             * Start
             * Format: date
             * @description The first one.
             */
            start: string;
            /**
             * End
             * Format: date
             * @description The last one.
             */
            end: string;
        };
        /**
         * WindowState
         * @description What the looks at a window, and at those that overlap it, ask of the next model.
         * @example {
         *       "looks": 4,
         *       "luck": 0.9,
         *       "needed": 3.2,
         *       "sessions": 121,
         *       "window": {
         *         "end": "2024-12-31",
         *         "start": "2024-07-01"
         *       }
         *     }
         */
        WindowState: {
            /** @description The sessions. */
            window: components["schemas"]["Window"];
            /**
             * Sessions
             * @description How many.
             */
            sessions: number;
            /**
             * Looks
             * @description At overlapping windows.
             */
            looks: number;
            /**
             * Luck
             * @description Annual Sharpe ratio that picking the best of so many looks explains by itself.
             */
            luck: number | null;
            /**
             * Needed
             * @description Annual Sharpe ratio from which on the gate would believe the next model.
             */
            needed: number | null;
        };
        /**
         * Word
         * @description What somebody says who changes something; it goes into the audit log.
         * @example {
         *       "comment": "Agreed with the desk on 15 January."
         *     }
         */
        Word: {
            /**
             * Comment
             * @description Why.
             * @example Agreed with the desk on 15 January.
             */
            comment: string;
        };
        /**
         * Words
         * @description What the stream says of itself.
         */
        Words: {
            /** Text */
            text: string;
            /** After Id */
            after_id: number | null;
        };
        /**
         * YearOfMonths
         * @description One year's returns, compounded from its sessions.
         */
        YearOfMonths: {
            /**
             * Year
             * @description Of the calendar.
             */
            year: number;
            /**
             * Months
             * @description January to December; null for a month without a session.
             */
            months: (number | null)[];
            /**
             * Total
             * @description Of the year.
             */
            total: number;
            /**
             * Sessions
             * @description How many there were.
             */
            sessions: number;
        };
        /**
         * Role
         * @description What an account may do; each includes those before it.
         * @enum {string}
         */
        cambio__contracts__accounts__Role: "viewer" | "operator" | "approver";
        /**
         * Role
         * @description What a model does on each bar; every one decides, and has a virtual book of its own.
         * @enum {string}
         */
        cambio__contracts__deployment__Role: "champion" | "challenger" | "shadow";
        /**
         * Place
         * @description Something that is wrong with a request.
         */
        Place: {
            /**
             * Place
             * @example body.comment
             */
            place: string;
            /**
             * Message
             * @example Field required
             */
            message: string;
        };
        /**
         * Problem
         * @description RFC 9457 problem details: what was wrong, and what to do.
         */
        Problem: {
            /**
             * Type
             * @example /problems/not-found
             */
            type: string;
            /**
             * Title
             * @example Not found
             */
            title: string;
            /**
             * Status
             * @example 404
             */
            status: number;
            /**
             * Detail
             * @example There is no proposal p1.
             */
            detail: string;
            /**
             * Remedy
             * @default
             */
            remedy: string;
            /**
             * Instance
             * @example /v1/proposals/p1
             */
            instance: string;
            /**
             * Request Id
             * @default
             */
            request_id: string;
            /** Errors */
            errors?: components["schemas"]["Place"][];
        } & {
            [key: string]: unknown;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alive"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ready"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ready"];
                };
            };
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionState"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    beginSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionState"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listModels: {
        parameters: {
            query?: {
                stage?: ("staging" | "canary" | "production" | "archived") | null;
                /** @description Most rows to give. */
                limit?: number;
                /** @description `next_cursor` of the part before; leave it out for the first one. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelPage"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getModel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelDetail"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getChampion: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Champion"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTrials: {
        parameters: {
            query?: {
                /** @description Most rows to give. */
                limit?: number;
                /** @description `next_cursor` of the part before; leave it out for the first one. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrialPage"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listProposals: {
        parameters: {
            query?: {
                status?: components["schemas"]["ProposalStatus"] | null;
                /** @description Most rows to give. */
                limit?: number;
                /** @description `next_cursor` of the part before; leave it out for the first one. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProposalPage"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getProposal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                proposal_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProposalDetail"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    approveProposal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                proposal_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Word"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProposalDetail"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rejectProposal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                proposal_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Word"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProposalDetail"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listAudit: {
        parameters: {
            query?: {
                /** @description How the subject begins. */
                subject?: string | null;
                /** @description Most rows to give. */
                limit?: number;
                /** @description `next_cursor` of the part before; leave it out for the first one. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditPage"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    verifyAudit: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditVerification"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getEvidence: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                proposal_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Evidence"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDeployments: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeploymentReport"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    startDeployment: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewDeployment"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeploymentReport"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    promoteChallenger: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Word"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeploymentReport"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rollBack: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Word"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeploymentReport"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stopShadow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Word"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeploymentReport"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listExperiments: {
        parameters: {
            query?: {
                /** @description Most rows to give. */
                limit?: number;
                /** @description `next_cursor` of the part before; leave it out for the first one. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExperimentPage"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    compareExperiments: {
        parameters: {
            query: {
                /** @description Once for each; the first is compared with. */
                name: string[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExperimentComparison"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getExperiment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As the list has it. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExperimentDetail"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listWalkForwards: {
        parameters: {
            query?: {
                /** @description Most runs to give. */
                limit?: number;
                /** @description `next_cursor` of the part before; leave it out for the first one. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WalkForwardPage"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listAbTests: {
        parameters: {
            query?: {
                /** @description Most tests to give. */
                limit?: number;
                /** @description `next_cursor` of the part before; leave it out for the first one. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AbTestPage"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getGateCalibration: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GateCalibration"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listFills: {
        parameters: {
            query?: {
                /** @description Of one model only. */
                model_id?: string | null;
                /** @description Most rows to give. */
                limit?: number;
                /** @description `next_cursor` of the part before; leave it out for the first one. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FillPage"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTrades: {
        parameters: {
            query?: {
                /** @description Of one model only. */
                model_id?: string | null;
                /** @description Most rows to give. */
                limit?: number;
                /** @description `next_cursor` of the part before; leave it out for the first one. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TradePage"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getEquity: {
        parameters: {
            query?: {
                /** @description `account`, or a model. */
                book?: string;
                /** @description Of the first bar. */
                start?: string | null;
                /** @description The newest so many. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EquityCurve"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSignals: {
        parameters: {
            query?: {
                /** @description Of one model only. */
                model_id?: string | null;
                role?: ("champion" | "challenger" | "shadow" | "paper") | null;
                /** @description Most rows to give. */
                limit?: number;
                /** @description `next_cursor` of the part before; leave it out for the first one. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignalPage"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSignal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                signal_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignalDetail"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    explainSignal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                signal_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Explanation"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listEvents: {
        parameters: {
            query?: {
                /** @description Of these types only. */
                type?: ("trade" | "signal" | "account" | "breach" | "rollback" | "promotion" | "deployment" | "kill_switch" | "resume" | "proposal" | "load_gate" | "drift" | "parity" | "quarantine_released" | "quarantine_dropped" | "data" | "webhook_failed" | "access" | "engine" | "pipeline")[] | null;
                /** @description Most rows to give. */
                limit?: number;
                /** @description `next_cursor` of the part before; leave it out for the first one. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventPage"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDataQuality: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DataQuality"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listDrift: {
        parameters: {
            query?: {
                /** @description Of one model only. */
                model_id?: string | null;
                /** @description Most rows to give. */
                limit?: number;
                /** @description `next_cursor` of the part before; leave it out for the first one. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DriftPage"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listParity: {
        parameters: {
            query?: {
                /** @description Most rows to give. */
                limit?: number;
                /** @description `next_cursor` of the part before; leave it out for the first one. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ParityPage"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listQuarantine: {
        parameters: {
            query?: {
                kind?: ("ohlcv" | "macro") | null;
                /** @description Also those that are not open any more. */
                resolved?: boolean;
                /** @description Most rows to give. */
                limit?: number;
                /** @description `next_cursor` of the part before; leave it out for the first one. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RefusedPage"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    releaseQuarantined: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QuarantineWord"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Resolved"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    dropQuarantined: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QuarantineWord"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Resolved"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listBars: {
        parameters: {
            query?: {
                /** @description No bar before this moment. */
                start?: string | null;
                /** @description No bar from this moment on. */
                end?: string | null;
                /** @description The newest so many. */
                limit?: number;
                /** @description `next_cursor` of the part before; leave it out for the first one. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BarPage"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getFeatures: {
        parameters: {
            query?: {
                /** @description Open of the bar; the newest without it. */
                time?: string | null;
                /** @description Whose features; the champion's without it. */
                model_id?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FeatureVector"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMacro: {
        parameters: {
            query?: {
                /** @description Now without it. */
                moment?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MacroState"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDataCalendar: {
        parameters: {
            query?: {
                /** @description A year before `to` without it. */
                from?: string | null;
                /** @description The market's today without it. */
                to?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DataCalendar"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMacroFreshness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MacroFreshness"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDriftHistograms: {
        parameters: {
            query?: {
                /** @description Of a model; the champion's without it. */
                model_id?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DriftHistograms"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRisk: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RiskReport"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getKillSwitch: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KillSwitch"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putKillSwitch: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KillSwitchWord"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KillSwitch"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resumeBook: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResumeWord"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Resumed"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    infer: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InferenceQuestion"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InferenceAnswer"];
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    replayModel: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the last event that was received: what follows it is sent. */
                "Last-Event-ID"?: number | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplayBody"];
            };
        };
        responses: {
            /** @description Server-sent events; the schema is that of each event's data. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string & (components["schemas"]["ProgressEvent"] | components["schemas"]["BarEvent"] | components["schemas"]["TradeEvent"] | components["schemas"]["ResultEvent"]);
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    followEvents: {
        parameters: {
            query?: {
                /** @description Only these; all by default. */
                types?: ("signal" | "trade" | "account" | "breach" | "rollback" | "promotion" | "deployment" | "kill_switch" | "resume" | "proposal" | "load_gate" | "drift" | "parity" | "quarantine_released" | "quarantine_dropped" | "data" | "webhook_failed" | "access" | "engine" | "pipeline")[];
                /** @description As `Last-Event-ID`, which counts if both are there. */
                after?: number | null;
            };
            header?: {
                /** @description Id of the last event that was received: what follows it is sent. */
                "Last-Event-ID"?: number | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Server-sent events; the schema is that of each event's data. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string & (components["schemas"]["SignalEvent"] | components["schemas"]["TradeEvent"] | components["schemas"]["AccountEvent"] | components["schemas"]["NoticeEvent"] | components["schemas"]["StreamEvent"]);
                };
            };
            /** @description The body cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or one that is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account lacks the role, or the request may be another site's. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was named does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not come in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state is another one than expected: look again, then decide. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not what this path takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too fast; `Retry-After` says when to come again. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database, or what it needs, does not answer now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}

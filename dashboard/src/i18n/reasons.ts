import type { Schemas } from "@/api/client";
import type { Both } from "@/lib/catalogue";

/** Why risk spoke against a request, by the API's names. */
export const reasons = {
  missing_features: { en: "a feature is missing", es: "falta una característica" },
  confidence: { en: "not confident enough", es: "confianza insuficiente" },
  daily_loss: { en: "daily loss limit reached", es: "límite de pérdida diaria alcanzado" },
  drawdown: { en: "drawdown limit reached", es: "límite de caída alcanzado" },
  circuit_breaker: { en: "pauses after losses in a row", es: "pausa tras pérdidas seguidas" },
  trading_hours: { en: "outside trading hours", es: "fuera del horario" },
  max_trades: { en: "most trades of the session made", es: "máximo de operaciones de la sesión" },
  position_limit: { en: "position limit", es: "límite de posición" },
  kill_switch: { en: "kill switch is on", es: "parada total activada" },
  stale_data: { en: "data is late", es: "datos atrasados" },
  data_lost: { en: "data was lost for too long", es: "datos perdidos demasiado tiempo" },
  out_of_distribution: {
    en: "unlike anything it was trained on",
    es: "distinto de todo su entrenamiento",
  },
  shelf_life: { en: "model past its shelf life", es: "modelo vencido" },
  account_loss: {
    en: "the account's daily loss limit",
    es: "límite de pérdida diaria de la cuenta",
  },
  account_drawdown: { en: "the account's drawdown limit", es: "límite de caída de la cuenta" },
} satisfies Record<Schemas["Reason"], Both>;

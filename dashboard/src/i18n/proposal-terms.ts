import type { Catalogue } from "@/lib/catalogue";

/** Names of gates, by the API's. */
export const gateNames = {
  min_trades: { en: "Enough trades", es: "Operaciones suficientes" },
  stressed_return: { en: "Return at higher costs, %", es: "Rentabilidad a mayores costos, %" },
  deflated_sharpe: { en: "More than luck, %", es: "Más que suerte, %" },
  random_traders: { en: "Beats random traders, %", es: "Supera al azar, %" },
  beats_flat: { en: "Beats doing nothing, Sharpe", es: "Supera no operar, Sharpe" },
  beats_buy_and_hold: { en: "Beats holding a long, Sharpe", es: "Supera una larga fija, Sharpe" },
  beats_sell_and_hold: { en: "Beats holding a short, Sharpe", es: "Supera una corta fija, Sharpe" },
  beats_champion: { en: "Beats the champion, Sharpe", es: "Supera al campeón, Sharpe" },
  look_ahead: { en: "Looks ahead, moments", es: "Mira al futuro, momentos" },
  configured_terms: { en: "Own terms of the run", es: "Términos propios" },
} satisfies Catalogue;

/** Names of metrics, by the API's; units stand in them. */
export const metricNames = {
  total_return: { en: "Return, %", es: "Rentabilidad, %" },
  annual_return: { en: "Return a year, %", es: "Rentabilidad anual, %" },
  annual_volatility: { en: "Volatility a year, %", es: "Volatilidad anual, %" },
  sharpe_ratio: { en: "Sharpe ratio", es: "Ratio de Sharpe" },
  sortino_ratio: { en: "Sortino ratio", es: "Ratio de Sortino" },
  calmar_ratio: { en: "Calmar ratio", es: "Ratio de Calmar" },
  max_drawdown: { en: "Max. drawdown, %", es: "Caída máxima, %" },
  win_rate: { en: "Win rate, %", es: "Aciertos, %" },
  profit_factor: { en: "Profit factor", es: "Factor de ganancia" },
  total_trades: { en: "Trades", es: "Operaciones" },
  costs: { en: "Costs, money", es: "Costos, dinero" },
  financing: { en: "Financing, money", es: "Financiación, dinero" },
  turnover: { en: "Turnover, positions", es: "Rotación, posiciones" },
  exposure: { en: "Time with a position, %", es: "Tiempo con posición, %" },
  average_trade_bars: { en: "Trade length, mean, bars", es: "Duración media, barras" },
  sessions: { en: "Sessions", es: "Sesiones" },
  value_at_risk: { en: "Value at risk, 5 %, %", es: "Valor en riesgo, 5 %, %" },
  expected_shortfall: { en: "Expected shortfall, 5 %, %", es: "Pérdida esperada, 5 %, %" },
  tail_ratio: { en: "Tail ratio", es: "Ratio de colas" },
  skew: { en: "Skew", es: "Asimetría" },
  kurtosis: { en: "Kurtosis", es: "Curtosis" },
  best_session: { en: "Best session, %", es: "Mejor sesión, %" },
  worst_session: { en: "Worst session, %", es: "Peor sesión, %" },
  positive_sessions: { en: "Sessions with a gain, %", es: "Sesiones con ganancia, %" },
  longest_drawdown_sessions: { en: "Longest drawdown, sessions", es: "Caída más larga, sesiones" },
  annual_turnover: { en: "Turnover a year, positions", es: "Rotación anual, posiciones" },
  average_holding_hours: { en: "Holding, mean, h", es: "Tenencia media, h" },
  cost_share: { en: "Costs of gross profit, %", es: "Costos de la ganancia bruta, %" },
} satisfies Catalogue;

/** What stands in a lineage, by the API's names. */
export const lineageNames = {
  model_hash: { en: "Policy (ONNX, SHA-256)", es: "Política (ONNX, SHA-256)" },
  dataset_hash: { en: "Data set", es: "Conjunto de datos" },
  source_data_hash: { en: "Source data", es: "Datos de origen" },
  feature_order_hash: { en: "Feature order", es: "Orden de características" },
  feature_spec_hash: { en: "Feature definitions", es: "Definición de características" },
  norm_stats_hash: { en: "Normalisation", es: "Normalización" },
  config_hash: { en: "Configuration", es: "Configuración" },
  reward_config_hash: { en: "Reward", es: "Recompensa" },
  code_version: { en: "Code of the training", es: "Código del entrenamiento" },
  seed: { en: "Seed", es: "Semilla" },
  training_start: {
    en: "Training from, as configured",
    es: "Entrenamiento desde, según configuración",
  },
  training_end: { en: "Training to", es: "Entrenamiento hasta" },
  validation_end: { en: "Validation to", es: "Validación hasta" },
  overrides: { en: "Changed for this run", es: "Cambiado en esta ejecución" },
} satisfies Catalogue;

/** What happened, by the audit log's names. */
export const auditNames = {
  "proposal:created": { en: "proposed", es: "propuso" },
  "proposal:changed": { en: "ran it again", es: "la ejecutó de nuevo" },
  "proposal:approved": { en: "approved it", es: "la aprobó" },
  "proposal:rejected": { en: "rejected it", es: "la rechazó" },
  "proposal:expired": { en: "closed it, expired", es: "la cerró, vencida" },
  "proposal:reopened": { en: "opened it again", es: "la reabrió" },
  "proposal:deleted": { en: "deleted it", es: "la borró" },
  "model:registered": { en: "registered the model", es: "registró el modelo" },
  "model:promoted": { en: "made the model champion", es: "hizo campeón al modelo" },
  "model:retired": { en: "retired the model", es: "retiró el modelo" },
  "model:changed": { en: "changed the model", es: "cambió el modelo" },
  "model:deleted": { en: "deleted the model", es: "borró el modelo" },
  "deployment:started": { en: "started the model", es: "inició el modelo" },
  "deployment:changed": { en: "changed its share", es: "cambió su parte" },
  "deployment:promoted": { en: "promoted the challenger", es: "promovió al retador" },
  "deployment:rolled_back": { en: "rolled it back", es: "lo revirtió" },
  "deployment:stopped": { en: "stopped the model", es: "detuvo el modelo" },
  "deployment:deleted": { en: "deleted a deployment", es: "borró un despliegue" },
  "audit:adopted": { en: "adopted rows written by SQL", es: "adoptó filas escritas por SQL" },
} satisfies Catalogue;

/** Parts of a result, by the API's names; hours say themselves. */
export const partNames = {
  Long: { en: "Long", es: "Larga" },
  Short: { en: "Short", es: "Corta" },
  intraday: { en: "Within sessions", es: "En sesión" },
  "gaps within a session": { en: "Gaps within a session", es: "Huecos en sesión" },
  "nights, price": { en: "Nights, price", es: "Noches, precio" },
  "nights, financing": { en: "Nights, financing", es: "Noches, financiación" },
  "low VIX": { en: "Low VIX", es: "VIX bajo" },
  "middle VIX": { en: "Middle VIX", es: "VIX medio" },
  "high VIX": { en: "High VIX", es: "VIX alto" },
  "VIX unknown": { en: "VIX unknown", es: "VIX desconocido" },
  Monday: { en: "Monday", es: "Lunes" },
  Tuesday: { en: "Tuesday", es: "Martes" },
  Wednesday: { en: "Wednesday", es: "Miércoles" },
  Thursday: { en: "Thursday", es: "Jueves" },
  Friday: { en: "Friday", es: "Viernes" },
} satisfies Catalogue;

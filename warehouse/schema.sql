-- One row per registered thing, landed run, score, sample, call or reject: the tables that ingest fills, before any mart.

-- What the registry says. Every `_en`/`_zh` pair is a name or a text; where there is no Chinese, `_zh` is NULL.
CREATE TABLE bloc (
    bloc VARCHAR PRIMARY KEY CHECK (bloc IN ('domestic', 'frontier', 'other', 'baseline')),
    name_en VARCHAR NOT NULL, name_zh VARCHAR,
    countries VARCHAR[] NOT NULL, developers VARCHAR[] NOT NULL
);
CREATE TABLE developer (
    developer VARCHAR PRIMARY KEY,
    name_en VARCHAR NOT NULL, name_zh VARCHAR,
    country VARCHAR
);
CREATE TABLE model (
    model VARCHAR PRIMARY KEY,
    developer VARCHAR NOT NULL,
    bloc VARCHAR NOT NULL CHECK (bloc IN ('domestic', 'frontier', 'other', 'baseline')),
    name_en VARCHAR NOT NULL, name_zh VARCHAR,
    family VARCHAR, aliases VARCHAR[] NOT NULL,
    release_date DATE,
    date_precision VARCHAR NOT NULL CHECK (date_precision IN ('day', 'month', 'on-or-before')),
    is_open_weights BOOLEAN,
    params_b DOUBLE CHECK (params_b > 0), active_params_b DOUBLE CHECK (active_params_b > 0),
    modality VARCHAR NOT NULL,
    retired_on DATE, source_url VARCHAR, notes VARCHAR
);
-- List prices per million tokens, in the currency they were listed in.
CREATE TABLE model_price (
    model VARCHAR, from_date DATE, currency VARCHAR,
    input_per_1m DOUBLE NOT NULL CHECK (input_per_1m >= 0), output_per_1m DOUBLE NOT NULL CHECK (output_per_1m >= 0),
    source_url VARCHAR, notes VARCHAR,
    PRIMARY KEY (model, from_date, currency)
);
CREATE TABLE endpoint (
    endpoint VARCHAR PRIMARY KEY,
    model VARCHAR NOT NULL, api VARCHAR NOT NULL, served_model VARCHAR NOT NULL, served_by VARCHAR,
    effort VARCHAR, quantization VARCHAR,
    is_simulated BOOLEAN NOT NULL, max_concurrency INTEGER NOT NULL,
    suite VARCHAR, retired_on DATE
);
CREATE TABLE domain (domain VARCHAR PRIMARY KEY, name_en VARCHAR NOT NULL, name_zh VARCHAR);
-- `short` is a section's name for where the classification's own has no room; the full one where that is short.
CREATE TABLE isic (
    section VARCHAR PRIMARY KEY,
    name_en VARCHAR NOT NULL, name_zh VARCHAR,
    short_en VARCHAR NOT NULL, short_zh VARCHAR
);
CREATE TABLE benchmark (
    benchmark VARCHAR PRIMARY KEY,
    domain VARCHAR NOT NULL,
    name_en VARCHAR NOT NULL, name_zh VARCHAR,
    unit VARCHAR NOT NULL CHECK (unit IN ('fraction', 'elo')),
    chance_floor DOUBLE CHECK (chance_floor BETWEEN 0 AND 1),
    released_date DATE, isic VARCHAR, source_url VARCHAR, notes_en VARCHAR, notes_zh VARCHAR
);
CREATE TABLE task (
    task VARCHAR PRIMARY KEY,
    benchmark VARCHAR NOT NULL, domain VARCHAR NOT NULL,
    name_en VARCHAR NOT NULL, name_zh VARCHAR,
    isic VARCHAR, language VARCHAR NOT NULL,
    lm_eval_task VARCHAR NOT NULL, metric VARCHAR NOT NULL, filter VARCHAR NOT NULL, n_shot INTEGER,
    is_generated BOOLEAN NOT NULL, chance_floor DOUBLE NOT NULL CHECK (chance_floor BETWEEN 0 AND 1),
    retired_on DATE
);
CREATE TABLE subtask (
    task VARCHAR, subtask VARCHAR,
    name_en VARCHAR NOT NULL, name_zh VARCHAR,
    isic VARCHAR, is_weak BOOLEAN NOT NULL,
    PRIMARY KEY (task, subtask)
);
CREATE TABLE suite (
    suite VARCHAR PRIMARY KEY,
    name_en VARCHAR, name_zh VARCHAR,
    tasks VARCHAR[] NOT NULL, cron VARCHAR, timezone VARCHAR,
    sample_limit INTEGER, usd_per_run DOUBLE, usd_per_month DOUBLE, retired_on DATE
);
CREATE TABLE source (
    source VARCHAR PRIMARY KEY,
    name_en VARCHAR NOT NULL, name_zh VARCHAR,
    kind VARCHAR NOT NULL, url VARCHAR NOT NULL,
    licence_en VARCHAR NOT NULL, licence_zh VARCHAR, licence_url VARCHAR,
    attribution_en VARCHAR NOT NULL, attribution_zh VARCHAR,
    is_shown BOOLEAN NOT NULL, is_redistributable BOOLEAN NOT NULL, cadence_days INTEGER, retrieved_on DATE, notes VARCHAR,
    addresses VARCHAR[] NOT NULL -- what its importer fetches by itself
);
CREATE TABLE claim (
    claim VARCHAR PRIMARY KEY,
    statement_en VARCHAR NOT NULL, statement_zh VARCHAR, claimant_en VARCHAR NOT NULL, claimant_zh VARCHAR,
    claim_date DATE NOT NULL,
    metric VARCHAR NOT NULL, value_low DOUBLE, value_high DOUBLE, unit VARCHAR, as_of VARCHAR,
    domain VARCHAR NOT NULL, subjects VARCHAR[] NOT NULL,
    source_url VARCHAR NOT NULL, source_kind VARCHAR NOT NULL,
    date_note_en VARCHAR, date_note_zh VARCHAR,
    checks VARCHAR NOT NULL -- a JSON list of the checks of collectors/claim_entries.py
);
CREATE TABLE cohort (cohort VARCHAR PRIMARY KEY, terms VARCHAR NOT NULL, name_en VARCHAR NOT NULL, name_zh VARCHAR);
CREATE TABLE landscape_count (
    id VARCHAR PRIMARY KEY,
    count_date DATE NOT NULL, n_things BIGINT NOT NULL CHECK (n_things > 0),
    what_en VARCHAR NOT NULL, what_zh VARCHAR, series VARCHAR NOT NULL, is_lower_bound BOOLEAN NOT NULL,
    source_url VARCHAR NOT NULL, notes_en VARCHAR, notes_zh VARCHAR
);
-- Which setting stands for a model: the highest rank for which there is a figure (collectors/efforts.py).
CREATE TABLE effort_tier (tier VARCHAR PRIMARY KEY, rank INTEGER NOT NULL UNIQUE);

-- What landed.
CREATE TABLE run (
    run VARCHAR PRIMARY KEY,
    attempt INTEGER NOT NULL CHECK (attempt >= 1),
    kind VARCHAR NOT NULL CHECK (kind IN ('measured', 'published')),
    status VARCHAR NOT NULL CHECK (status IN ('complete', 'incomplete')),
    endpoint VARCHAR, model VARCHAR, served_model VARCHAR, is_simulated BOOLEAN NOT NULL,
    suite VARCHAR, source VARCHAR, tasks VARCHAR[] NOT NULL, sample_limit INTEGER,
    scheduled_for TIMESTAMPTZ, started_at TIMESTAMPTZ NOT NULL, finished_at TIMESTAMPTZ NOT NULL,
    lm_eval_version VARCHAR, modelgap_version VARCHAR NOT NULL, seed BIGINT,
    cost_usd DOUBLE CHECK (cost_usd >= 0),
    outcomes MAP(VARCHAR, BIGINT) NOT NULL, failures MAP(VARCHAR, BIGINT) NOT NULL,
    files MAP(VARCHAR, VARCHAR) NOT NULL
);
CREATE TABLE protocol (
    protocol_id VARCHAR PRIMARY KEY,
    benchmark VARCHAR NOT NULL, metric VARCHAR NOT NULL, harness VARCHAR, board VARCHAR,
    lm_eval_version VARCHAR, task VARCHAR, task_version VARCHAR, task_hash VARCHAR, filter VARCHAR, n_shot INTEGER,
    generation VARCHAR, chat_template BOOLEAN
);
-- `variant` is the model at an effort tier, `model@tier`; `evidence` keeps ours and theirs apart.
CREATE TABLE score (
    score_id VARCHAR PRIMARY KEY,
    run VARCHAR NOT NULL, model VARCHAR NOT NULL, tier VARCHAR NOT NULL, variant VARCHAR NOT NULL,
    benchmark VARCHAR NOT NULL, task VARCHAR, subtask VARCHAR, protocol_id VARCHAR NOT NULL,
    evidence VARCHAR NOT NULL CHECK (evidence IN ('measured', 'published')),
    origin VARCHAR NOT NULL CHECK (origin IN ('measured', 'independent', 'leaderboard', 'vendor')),
    source VARCHAR NOT NULL, source_url VARCHAR, reported_by VARCHAR,
    reporter_relation VARCHAR CHECK (reporter_relation IN ('own', 'competitor', 'unclassified')),
    setting VARCHAR, effort VARCHAR,
    unit VARCHAR NOT NULL CHECK (unit IN ('fraction', 'elo')),
    score DOUBLE CHECK (unit = 'elo' OR score BETWEEN 0 AND 1),
    stderr DOUBLE CHECK (stderr > 0),
    score_answered_only DOUBLE CHECK (unit = 'elo' OR score_answered_only BETWEEN 0 AND 1),
    stderr_answered_only DOUBLE CHECK (stderr_answered_only > 0),
    coverage DOUBLE CHECK (coverage BETWEEN 0 AND 1),
    n_samples BIGINT CHECK (n_samples >= 0), n_failed BIGINT CHECK (n_failed >= 0),
    published_date DATE, first_known_date DATE, measured_at TIMESTAMPTZ,
    is_provisional BOOLEAN NOT NULL, notes VARCHAR,
    CHECK ((evidence = 'measured') = (origin = 'measured'))
);
-- No key on the two long tables: its index would outgrow the data. A check holds their rows unique instead.
CREATE TABLE sample (
    run VARCHAR NOT NULL, task VARCHAR NOT NULL, subtask VARCHAR, doc_id BIGINT NOT NULL, doc_hash VARCHAR,
    repeat INTEGER NOT NULL, cluster VARCHAR,
    outcome VARCHAR NOT NULL CHECK (outcome IN
        ('ok', 'refused', 'truncated', 'empty', 'malformed', 'timeout', 'network', 'http_error')),
    prompt VARCHAR, target VARCHAR, answer VARCHAR, filtered_answer VARCHAR,
    mark DOUBLE CHECK (mark BETWEEN 0 AND 1)
);
CREATE TABLE call (
    run VARCHAR NOT NULL, call_key VARCHAR NOT NULL, task VARCHAR, doc_id BIGINT, repeat INTEGER,
    outcome VARCHAR NOT NULL CHECK (outcome IN
        ('ok', 'refused', 'truncated', 'empty', 'malformed', 'timeout', 'network', 'http_error')),
    detail VARCHAR, attempts INTEGER, started_at TIMESTAMPTZ, latency_s DOUBLE,
    input_tokens BIGINT, output_tokens BIGINT, thinking_tokens BIGINT,
    finish_reason VARCHAR, http_status INTEGER, returned_model VARCHAR, fingerprint VARCHAR, request_id VARCHAR,
    answer VARCHAR, thinking VARCHAR
);
-- What was landed and not taken in: where it lay, why it was refused, the row as it came. What an importer refused
-- several times for one reason and value is one row, with their number.
CREATE TABLE reject (
    reject_location VARCHAR NOT NULL, run VARCHAR, reason VARCHAR NOT NULL, detail VARCHAR NOT NULL, raw VARCHAR NOT NULL,
    n_refused BIGINT NOT NULL CHECK (n_refused > 0)
);

-- What the build says of itself, as JSON values.
CREATE TABLE meta (key VARCHAR PRIMARY KEY, value VARCHAR NOT NULL);

-- What warehouse/indices.py fits from the representative figures: each index, each variant on it, its joint draws.
-- `is_standing`: of a model's variants, the one that stands for it. Draws are kept for those only.
CREATE TABLE index_fit (
    scale_id VARCHAR PRIMARY KEY,
    domain VARCHAR, origins VARCHAR[], source VARCHAR,
    benchmarks VARCHAR[] NOT NULL, anchor_benchmark VARCHAR NOT NULL, is_scaled BOOLEAN NOT NULL,
    is_converged BOOLEAN NOT NULL, n_draws INTEGER NOT NULL, n_failed_draws INTEGER NOT NULL
);
CREATE TABLE index_figure (
    scale_id VARCHAR, variant VARCHAR, model VARCHAR NOT NULL, tier VARCHAR NOT NULL,
    score DOUBLE NOT NULL, stderr DOUBLE CHECK (stderr > 0), ci90_low DOUBLE, ci90_high DOUBLE,
    n_benchmarks INTEGER NOT NULL CHECK (n_benchmarks > 0),
    is_standing BOOLEAN NOT NULL, draws FLOAT[],
    PRIMARY KEY (scale_id, variant)
);

-- What warehouse/claims.py finds: a row a claim and view (hindsight, vintage, today); the document holds all of it.
CREATE TABLE claim_check (
    claim VARCHAR, view VARCHAR CHECK (view IN ('hindsight', 'vintage', 'today')),
    verdict VARCHAR NOT NULL CHECK (verdict IN ('supported', 'contradicted', 'undetermined')), reason VARCHAR NOT NULL,
    quantity VARCHAR NOT NULL, as_of DATE,
    value DOUBLE, is_lower_bound BOOLEAN NOT NULL, unit VARCHAR, scale VARCHAR,
    ci90_low DOUBLE, ci90_high DOUBLE, claimed_low DOUBLE, claimed_high DOUBLE,
    document VARCHAR NOT NULL,
    PRIMARY KEY (claim, view)
);
-- What warehouse/series.py answers once for all readers: the questions that pages open with.
CREATE TABLE gap_document (
    scale_id VARCHAR, has_guards BOOLEAN, document VARCHAR NOT NULL,
    PRIMARY KEY (scale_id, has_guards)
);
-- A row a day; `is_other_rule` marks the second match rule, shown beside the first.
CREATE TABLE lag_series (
    scale_id VARCHAR NOT NULL, is_other_rule BOOLEAN NOT NULL, match_rule VARCHAR NOT NULL, date DATE NOT NULL,
    standing_months DOUBLE, record_months DOUBLE,
    ci90_low DOUBLE, ci90_high DOUBLE, ci95_low DOUBLE, ci95_high DOUBLE, share_domestic_leads DOUBLE,
    gap_points DOUBLE, gap_ci90_low DOUBLE, gap_ci90_high DOUBLE,
    guards VARCHAR[] NOT NULL
);

-- Makes the settings of a user (user_queue_settings, with the source's defaults) and the daily figures
-- (queue_performance_metrics).
-- Locks: auth.users and clients (SHARE ROW EXCLUSIVE, by the foreign keys); the rest is new.
--
-- The web app itself writes another shape of `advanced` for a new user (flat batch_size, no rate_limiting): read both.

create table public.user_queue_settings (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null unique references auth.users (id) on delete cascade,
  work_days jsonb default '{
    "enabled": true,
    "work_days": [1, 2, 3, 4, 5],
    "business_hours": {"start": "09:00", "end": "17:00", "timezone": "Asia/Jerusalem"},
    "exclude_holidays": true,
    "custom_holidays": ["2025-01-01", "2025-12-25"]
  }',
  processing_targets jsonb default '{
    "target_leads_per_month": 1000,
    "target_leads_per_work_day": 45,
    "max_daily_capacity": 200,
    "weekend_processing": {"enabled": false, "reduced_target_percentage": 25}
  }',
  automation jsonb default '{
    "auto_queue_preparation": true,
    "queue_preparation_time": "18:00",
    "auto_start_processing": false,
    "pause_on_weekends": true,
    "pause_on_holidays": true,
    "max_retry_attempts": 3,
    "retry_delay_minutes": 15
  }',
  advanced jsonb default '{
    "batch_processing": {"enabled": true, "batch_size": 50, "batch_delay_seconds": 30},
    "priority_scoring": {
      "enabled": true,
      "factors": ["heat_score", "bant_score", "days_since_contact"],
      "weights": {"heat_score": 0.4, "bant_score": 0.4, "days_since_contact": 0.2}
    },
    "rate_limiting": {"messages_per_hour": 1000, "messages_per_day": 10000, "respect_business_hours": true}
  }',
  created_at timestamptz default now(),
  updated_at timestamptz default now()
);

create trigger update_user_queue_settings_updated_at
  before update on public.user_queue_settings
  for each row execute function public.update_updated_at_column();

create table public.queue_performance_metrics (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  client_id uuid references public.clients (id) on delete cascade,
  metric_date date default current_date,
  leads_processed integer default 0,
  leads_queued integer default 0,
  leads_failed integer default 0,
  leads_sent integer default 0,
  leads_cancelled integer default 0,
  average_processing_time_seconds integer,
  peak_queue_size integer,
  queue_wait_time_avg_minutes numeric,
  success_rate numeric(5, 2),
  failure_rate numeric,
  throughput_per_hour numeric,
  hourly_distribution jsonb,
  error_breakdown jsonb,
  created_at timestamptz default now(),
  unique (user_id, metric_date)
);

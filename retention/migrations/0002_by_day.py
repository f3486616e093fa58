"""The register is append-only, and tables may lie in one partition a day.

The functions on partitions run as the owner of the tables: the running application need not be the owner. They
touch nothing but days: `retention_drop_day` refuses today, tomorrow and what is no partition of a day.
"""

from django.db import migrations

REGISTER = """
CREATE FUNCTION retention_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    told jsonb := to_jsonb(OLD) - 'finished_at';
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.begun_at < now() - interval '1095 days' AND OLD.finished_at IS NOT NULL THEN
            RETURN OLD;
        END IF;
    ELSIF TG_OP = 'UPDATE' THEN
        IF OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL
           AND told = to_jsonb(NEW) - 'finished_at' THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the register of destructions is append-only: % is refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER retention_destruction_append_only BEFORE UPDATE OR DELETE ON retention_destruction
    FOR EACH ROW EXECUTE FUNCTION retention_append_only();

CREATE FUNCTION retention_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the registers are append-only: TRUNCATE is refused' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER retention_destruction_no_truncate BEFORE TRUNCATE ON retention_destruction
    FOR EACH STATEMENT EXECUTE FUNCTION retention_no_truncate();
CREATE TRIGGER retention_day_no_truncate BEFORE TRUNCATE ON retention_destroyedday
    FOR EACH STATEMENT EXECUTE FUNCTION retention_no_truncate();

CREATE FUNCTION retention_day_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.destroyed_at < now() - interval '1095 days' THEN
            RETURN OLD;
        END IF;
    ELSIF NEW.what = OLD.what AND NEW.subject = OLD.subject AND NEW.day = OLD.day
          AND NEW.items >= OLD.items AND NEW.bytes >= OLD.bytes AND NEW.early >= OLD.early
          AND NEW.first_at <= OLD.first_at AND NEW.last_at >= OLD.last_at
          AND NEW.destroyed_at >= OLD.destroyed_at THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a day of the register only grows: % is refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER retention_day_grows BEFORE UPDATE OR DELETE ON retention_destroyedday
    FOR EACH ROW EXECUTE FUNCTION retention_day_grows();

CREATE FUNCTION retention_limit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.what = OLD.what AND NEW.family = OLD.family THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a limit is set, never taken away nor moved to another family: % is refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER retention_limit_stays BEFORE UPDATE OR DELETE ON retention_limit
    FOR EACH ROW EXECUTE FUNCTION retention_limit_stays();
"""
REGISTER_BACK = """
DROP TRIGGER retention_limit_stays ON retention_limit;
DROP FUNCTION retention_limit_stays();
DROP TRIGGER retention_day_grows ON retention_destroyedday;
DROP FUNCTION retention_day_grows();
DROP TRIGGER retention_day_no_truncate ON retention_destroyedday;
DROP TRIGGER retention_destruction_no_truncate ON retention_destruction;
DROP FUNCTION retention_no_truncate();
DROP TRIGGER retention_destruction_append_only ON retention_destruction;
DROP FUNCTION retention_append_only();
"""

DAYS = r"""
CREATE FUNCTION retention_make_day(parent name, clock name, day date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    part name := parent || to_char(day, '_YYYYMMDD');
BEGIN
    IF NOT EXISTS (SELECT FROM pg_partitioned_table WHERE partrelid = format('%I', parent)::regclass) THEN
        RAISE EXCEPTION '% does not lie in days', parent;
    END IF;
    IF to_regclass(format('%I', part)) IS NOT NULL THEN
        RETURN false;
    END IF;
    -- What came before its day was made lies in the rest, which is also the pattern of a day.
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL EXCLUDING IDENTITY)', part, parent || '_rest');
    EXECUTE format(
        'WITH moved AS (DELETE FROM %I WHERE %I >= %L AND %I < %L RETURNING *) INSERT INTO %I SELECT * FROM moved',
        parent || '_rest', clock, day::timestamptz, clock, (day + 1)::timestamptz, part);
    EXECUTE format(
        'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
        parent, part, day::timestamptz, (day + 1)::timestamptz);
    RETURN true;
END $$;

CREATE FUNCTION retention_drop_day(parent name, day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    part name := parent || to_char(day, '_YYYYMMDD');
BEGIN
    IF day >= current_date OR NOT EXISTS (
        SELECT FROM pg_inherits
        WHERE inhparent = format('%I', parent)::regclass AND inhrelid = to_regclass(format('%I', part))
    ) THEN
        RAISE EXCEPTION '% is no past day of %', day, parent USING ERRCODE = 'insufficient_privilege';
    END IF;
    EXECUTE format('DROP TABLE %I', part);
END $$;

-- For migrations: from now on this table lies in one partition a UTC day of `clock`.
CREATE FUNCTION retention_split_by_day(parent name, clock name) RETURNS void
LANGUAGE plpgsql SET timezone = 'UTC' AS $$
DECLARE
    whole name := parent || '_whole';
    keys text[]; foreign_keys text[]; uniques text[]; one text; day date; highest bigint;
BEGIN
    IF EXISTS (SELECT FROM pg_constraint WHERE contype = 'f' AND confrelid = format('%I', parent)::regclass) THEN
        RAISE EXCEPTION 'other tables point to %', parent;
    END IF;
    SELECT array_agg(format('ALTER TABLE %I ADD CONSTRAINT %I %s', parent, conname, pg_get_constraintdef(oid)))
        INTO foreign_keys FROM pg_constraint
        WHERE contype = 'f' AND conrelid = format('%I', parent)::regclass;
    SELECT array_agg(pg_get_indexdef(indexrelid) ORDER BY indexrelid) FILTER (WHERE NOT indisunique),
           array_agg(substring(pg_get_indexdef(indexrelid) FROM ' USING .*$') ORDER BY indexrelid)
               FILTER (WHERE indisunique AND NOT indisprimary)
        INTO keys, uniques FROM pg_index WHERE indrelid = format('%I', parent)::regclass;
    EXECUTE format('ALTER TABLE %I RENAME TO %I', parent, whole);
    EXECUTE format(
        'CREATE TABLE %I (LIKE %I INCLUDING ALL EXCLUDING INDEXES) PARTITION BY RANGE (%I)', parent, whole, clock);
    EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', parent || '_rest', parent);
    EXECUTE format('INSERT INTO %I SELECT * FROM %I', parent, whole);
    EXECUTE format('DROP TABLE %I', whole);
    EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (id, %I)', parent, clock);
    FOREACH one IN ARRAY coalesce(keys || foreign_keys, '{}') LOOP
        EXECUTE one;
    END LOOP;
    -- A unique index cannot span days unless the clock is in it: each day has its own.
    FOREACH one IN ARRAY coalesce(uniques, '{}') LOOP
        EXECUTE format('CREATE UNIQUE INDEX ON %I%s', parent || '_rest', one);
    END LOOP;
    EXECUTE format('SELECT max(id) FROM %I', parent) INTO highest;
    IF highest IS NOT NULL THEN
        PERFORM setval(pg_get_serial_sequence(format('%I', parent), 'id'), highest);
    END IF;
    FOR day IN EXECUTE format(
        'SELECT DISTINCT (%I AT TIME ZONE ''UTC'')::date FROM %I UNION SELECT current_date + n FROM'
        ' generate_series(0, 3) AS n', clock, parent)
    LOOP
        PERFORM retention_make_day(parent, clock, day);
    END LOOP;
END $$;
"""
DAYS_BACK = """
DROP FUNCTION retention_split_by_day(name, name);
DROP FUNCTION retention_drop_day(name, date);
DROP FUNCTION retention_make_day(name, name, date);
"""


class Migration(migrations.Migration):
    dependencies = [("retention", "0001_initial")]
    operations = [
        migrations.RunSQL(REGISTER, REGISTER_BACK),
        migrations.RunSQL(DAYS, DAYS_BACK),
    ]

"""The log of consultations is append-only: PostgreSQL refuses to change, remove or empty it.

It lets go of a row only once it is older than the log is kept (three years, law L-65); heads stay for good.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION legal_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND TG_NARGS = 1
       AND (to_jsonb(OLD) ->> TG_ARGV[0])::timestamptz < now() - interval '1095 days' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the log of consultations is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER legal_consultation_append_only BEFORE UPDATE OR DELETE ON legal_consultation
    FOR EACH ROW EXECUTE FUNCTION legal_append_only('begun_at');
CREATE TRIGGER legal_consultation_no_truncate BEFORE TRUNCATE ON legal_consultation
    FOR EACH STATEMENT EXECUTE FUNCTION legal_append_only();
CREATE TRIGGER legal_end_append_only BEFORE UPDATE OR DELETE ON legal_consultationend
    FOR EACH ROW EXECUTE FUNCTION legal_append_only('at');
CREATE TRIGGER legal_end_no_truncate BEFORE TRUNCATE ON legal_consultationend
    FOR EACH STATEMENT EXECUTE FUNCTION legal_append_only();
CREATE TRIGGER legal_head_append_only BEFORE UPDATE OR DELETE ON legal_chainhead
    FOR EACH ROW EXECUTE FUNCTION legal_append_only();
CREATE TRIGGER legal_head_no_truncate BEFORE TRUNCATE ON legal_chainhead
    FOR EACH STATEMENT EXECUTE FUNCTION legal_append_only();
"""
BACKWARD = """
DROP TRIGGER legal_head_no_truncate ON legal_chainhead;
DROP TRIGGER legal_head_append_only ON legal_chainhead;
DROP TRIGGER legal_end_no_truncate ON legal_consultationend;
DROP TRIGGER legal_end_append_only ON legal_consultationend;
DROP TRIGGER legal_consultation_no_truncate ON legal_consultation;
DROP TRIGGER legal_consultation_append_only ON legal_consultation;
DROP FUNCTION legal_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("legal", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

"""One register of destructions for all (retention); and no limit of video above what an order in force allows (L-04)."""

from django.db import migrations, models

FORWARD = """
CREATE FUNCTION footage_limit_authorised() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    allowed integer;
BEGIN
    SELECT max(max_retention_days) INTO allowed FROM legal_prefecturalauthorisation
        WHERE signed_on <= current_date AND expires_on >= current_date;
    IF allowed IS NOT NULL AND NEW.days > allowed THEN
        RAISE EXCEPTION 'recordings may be kept % days: no authorisation in force allows more', allowed
            USING ERRCODE = 'check_violation', CONSTRAINT = 'retention_limit_authorised';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER footage_limit_authorised BEFORE INSERT OR UPDATE ON retention_limit
    FOR EACH ROW WHEN (NEW.what = 'footage.Segment') EXECUTE FUNCTION footage_limit_authorised();
"""
BACKWARD = """
DROP TRIGGER footage_limit_authorised ON retention_limit;
DROP FUNCTION footage_limit_authorised();
"""


class Migration(migrations.Migration):
    dependencies = [("footage", "0014_segments_by_day"), ("legal", "0001_initial"), ("retention", "0002_by_day")]
    operations = [
        migrations.DeleteModel(name="EarlyPurge"),
        migrations.AddIndex(
            model_name="segment",
            index=models.Index(
                condition=models.Q(("state", "going")), fields=["camera"], name="footage_segment_going"
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]

"""The rules a centre starts with, and notes that PostgreSQL refuses to change or remove (law W-02)."""

from django.db import migrations

NOTES_APPEND_ONLY = """
CREATE FUNCTION incidents_note_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a note is never changed: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER incidents_note_append_only BEFORE UPDATE ON incidents_incidentnote
    FOR EACH ROW EXECUTE FUNCTION incidents_note_append_only();
"""
CHANGEABLE = """
DROP TRIGGER incidents_note_append_only ON incidents_incidentnote;
DROP FUNCTION incidents_note_append_only();
"""


def first_rules(apps, schema_editor):
    rule = apps.get_model("incidents", "JoinRule")
    rule.objects.get_or_create(nature="alert_button", defaults={"minutes": 15, "radius_m": 50})


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_initial")]
    operations = [
        migrations.RunSQL(NOTES_APPEND_ONLY, CHANGEABLE),
        migrations.RunPython(first_rules, migrations.RunPython.noop),
    ]

"""The gate in the database itself: what covers a profile, and that none is switched on without it (L-20).

The register of use is append-only: no line is changed, and none removed before three years.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION detection_inside(area jsonb, lat float8, lon float8) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    -- GeoJSON: the first ring holds it, none of the others (holes) does.
    SELECT coalesce(bool_and((n = 1) = (shape @> point(lon, lat))), false)
    FROM (
        SELECT ring.n, (
            SELECT '(' || string_agg('(' || (p->>0) || ',' || (p->>1) || ')', ',' ORDER BY m) || ')'
            FROM jsonb_array_elements(ring.corners) WITH ORDINALITY AS corner(p, m)
        )::polygon AS shape
        FROM jsonb_array_elements(area->'coordinates') WITH ORDINALITY AS ring(corners, n)
    ) AS rings
$$;

CREATE FUNCTION detection_exercise(camera bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    -- Belongs to the demonstration city, and nothing but a drawn street or a file on disk comes from it.
    SELECT coalesce((
        SELECT c.exercise AND s.kind IN ('scene', 'file')
        FROM cameras_camera c JOIN footage_source s ON s.camera_id = c.id WHERE c.id = camera
    ), false)
$$;

CREATE FUNCTION detection_covering(
    camera bigint, code text, place text, model text, software text, moment timestamptz
) RETURNS bigint
LANGUAGE sql STABLE AS $$
    -- An empty `software` is not asked about: the trigger does not know which runs.
    SELECT a.id
    FROM detection_analyticsauthorisation a
    JOIN cameras_camera c ON c.id = camera
    JOIN detection_eventtype t ON t.code = detection_covering.code
    WHERE a.starts_at <= moment AND a.ends_at > moment
      AND (a.withdrawn_at IS NULL OR a.withdrawn_at > moment)
      AND c.code = ANY (a.camera_codes)
      AND t.code = ANY (a.event_types)
      AND place = ANY (a.place_classes) AND place = ANY (t.place_classes)
      AND (model = '' OR model = ANY (a.model_hashes))
      AND (software = '' OR a.software_version = software)
      AND detection_inside(a.perimeter, c.lat, c.lon)
    ORDER BY a.ends_at DESC LIMIT 1
$$;

CREATE FUNCTION detection_gate() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    camera bigint; place text; model text;
BEGIN
    IF NEW.enabled_at IS NULL THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.enabled_at IS NOT NULL AND OLD.zone_id = NEW.zone_id
       AND OLD.event_type_id = NEW.event_type_id AND OLD.detector_id = NEW.detector_id
       AND (OLD.suspended_at IS NULL OR NEW.suspended_at IS NOT NULL) THEN
        RETURN NEW;  -- it was on, and nothing that was authorised has changed
    END IF;
    SELECT z.camera_id, z.place_class INTO camera, place FROM detection_zone z WHERE z.id = NEW.zone_id;
    SELECT d.sha256 INTO model FROM detection_detectormodel d WHERE d.id = NEW.detector_id;
    IF detection_exercise(camera) OR
       detection_covering(camera, NEW.event_type_id, place, model, '', clock_timestamp()) IS NOT NULL THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'no authorisation in force covers this camera, type and moment (law L-20)'
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER detection_profile_gate BEFORE INSERT OR UPDATE ON detection_profile
    FOR EACH ROW EXECUTE FUNCTION detection_gate();

CREATE FUNCTION detection_use_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.at < clock_timestamp() - interval '3 years' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the register of use is append-only: % is refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER detection_use_append_only BEFORE UPDATE OR DELETE ON detection_userecord
    FOR EACH ROW EXECUTE FUNCTION detection_use_stays();
"""
BACKWARD = """
DROP TRIGGER detection_use_append_only ON detection_userecord;
DROP FUNCTION detection_use_stays();
DROP TRIGGER detection_profile_gate ON detection_profile;
DROP FUNCTION detection_gate();
DROP FUNCTION detection_covering(bigint, text, text, text, text, timestamptz);
DROP FUNCTION detection_exercise(bigint);
DROP FUNCTION detection_inside(jsonb, float8, float8);
"""


class Migration(migrations.Migration):
    dependencies = [("detection", "0001_initial"), ("footage", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

import pytest
from tests.recognition import test_guard_races as r
BREAK = {
 "none": "SELECT 1",
 "advisory": "CREATE OR REPLACE FUNCTION gate_hold(to_change boolean) RETURNS void LANGUAGE sql AS 'SELECT'",
 "purge_officer": "DROP TRIGGER gate_purge ON officers_assignment",
 "purge_face": "DROP TRIGGER gate_purge ON officers_face",
 "guard": "DROP TRIGGER gate_guard ON recognition_facetemplate",
}
@pytest.mark.parametrize("what", BREAK)
def test_b(stack, what):
    r.STORM_SECONDS = 8
    o = stack.connect("owner"); o.execute(BREAK[what]); o.commit()
    s = r.Storm(stack, 5); s.run()
    print(what, s.count, "left over", r.left_over(stack), len(s.odd), flush=True)

package trial

// NameOfAnyWindow names the trial's cell but for its window, which is the profile's choice and tells no two
// trials apart.
func (t Trial) NameOfAnyWindow() string {
	cell := t.Cell()
	delete(cell, "window_seconds")
	return cell.Key()
}

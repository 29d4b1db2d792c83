"""What a real registry needs beside it (a token service), and hosts that a real registry cannot show."""

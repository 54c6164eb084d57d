"""One city for the whole run."""
import pytest
from harness import City, remove, temporary_folder


@pytest.fixture(scope="session")
def city():
    folder = temporary_folder()
    city = City(folder)
    yield city
    city.stop()
    remove(folder)

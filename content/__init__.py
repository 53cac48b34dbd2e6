"""What Milepost teaches, asks and compares with: files, loaded and checked by `content.catalog`."""
